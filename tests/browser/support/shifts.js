// How much of what somebody looks at has jumped.

// Counts from now on. Scrolling and pressing are no reason to look away: every shift counts.
export async function watchShifts(page) {
  await page.evaluate(() => {
    window.shifts = [];
    const observer = new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries()) {
        window.shifts.push([value, ...sources.map(({ node }) => node?.id || node?.className || node?.nodeName)]);
      }
    });
    observer.observe({ type: "layout-shift" });
    window.shiftObserver = observer;
  });
}

// The sum of the shifts since then, and what shifted.
export async function shiftsOf(page) {
  // The two frames that a change needs to be drawn and reported.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const shifts = await page.evaluate(() => window.shifts);
  return { sum: shifts.reduce((sum, [value]) => sum + value, 0), shifts };
}
