// What has jumped while somebody looked.

// Watches from now on.
export async function watchShifts(page) {
  await page.evaluate(() => {
    const name = ({ node }) => node?.id || node?.className || node?.nodeName;
    window.shifts = [];
    window.shiftObserver = new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries()) window.shifts.push([value, ...sources.map(name)]);
    });
    window.shiftObserver.observe({ type: "layout-shift" });
  });
}

// Every shift since then: how much, and of what.
export async function shiftsOf(page) {
  await isDrawn(page);
  return page.evaluate(() => window.shifts);
}

// Waits for two frames, in which a change is drawn and reported.
export async function isDrawn(page) {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}
