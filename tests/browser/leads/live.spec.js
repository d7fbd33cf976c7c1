// What happens while somebody looks.
import { looksRight } from "../support/looks.js";
import { LEADS, badge, button, card, isLive, open, status, toast } from "../support/page.js";
import { Freelancer } from "../support/people.js";
import { isDrawn, shiftsOf, watchShifts } from "../support/shifts.js";
import { expect, test } from "../support/test.js";
import { Wire } from "../support/wire.js";

// Marks the document, so that one which was loaded anew is known.
const mark = (page) => page.evaluate(() => { window.isTheSame = true; });
const isTheSame = (page) => page.evaluate(() => window.isTheSame === true);

for (const viewport of [{ width: 390, height: 844 }, { width: 1440, height: 900 }]) {
  test.describe(`${viewport.width} px wide`, () => {
    test.use({ viewport });

    test("a new offer appears at the top, and nothing jumps", async ({ page, freelancer }) => {
      await freelancer.isOffered({ title: "First" }, { title: "Second" }, { title: "Third" });
      await open(page);
      await mark(page);
      await watchShifts(page);
      await freelancer.isOffered({ title: "Just in" });

      await expect(card(page, "Just in")).toBeVisible();
      await expect(page.locator("#leads article").first().getByRole("heading")).toHaveText("Just in");
      await expect(status(page, "Pending")).toHaveText("Pending 4");
      expect(await shiftsOf(page)).toEqual([]);
      expect(await isTheSame(page)).toBe(true);
    });

    test("a new offer waits for somebody who reads further down", async ({ page, freelancer }) => {
      const titles = Array.from({ length: 12 }, (_, index) => ({ title: `Lead ${index}`, minutesAgo: index }));
      await freelancer.isOffered(...titles);
      await open(page);
      await page.evaluate(() => scrollTo({ top: 1500 }));
      await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100);
      await watchShifts(page);
      await freelancer.isOffered({ title: "Just in" });

      const arrivals = page.getByRole("button", { name: "New: Just in" });
      await expect(arrivals).toBeVisible();
      expect(await shiftsOf(page)).toEqual([]);
      await looksRight(page, `arrivals-${viewport.width}`, { fullPage: false });
      await arrivals.click();
      await expect(card(page, "Just in")).toBeInViewport();
      await expect(arrivals).toBeHidden();
    });

    test("a lead is missed before one's eyes", async ({ page, freelancer }) => {
      await freelancer.isOffered({ title: "Above" }, { title: "Runs out", minutesAgo: 29.7 }, { title: "Below", minutesAgo: 29.9 });
      await freelancer.isOffered({ title: "Further down", minutesAgo: 60 });
      await open(page);
      await mark(page);
      await watchShifts(page);

      const lead = card(page, "Runs out");
      await expect(badge(lead, "Missed")).toBeVisible();
      await expect(lead.getByText(/^No response by/)).toBeVisible();
      await expect(toast(page, /^Missed: Runs out\. No response by/)).toBeVisible();
      await expect(lead.getByRole("link", { name: "Say why" })).toBeVisible();
      expect(await shiftsOf(page)).toEqual([]);
      await expect(status(page, "Missed")).toHaveText("Missed 3");
      expect(await isTheSame(page)).toBe(true);
      await looksRight(page, `missed-live-${viewport.width}`, { fullPage: false });
    });

    test("a lead is taken by somebody else before one's eyes", async ({ page, freelancer, broker }) => {
      const other = await Freelancer.create(broker, "Imran Sheikh");
      const [id] = await freelancer.isOffered({ title: "Popular" }, { title: "Another" });
      await open(page);
      await mark(page);
      await watchShifts(page);
      await other.responds(id, "accepted");

      const lead = card(page, "Popular");
      await expect(badge(lead, "Missed")).toBeVisible();
      await expect(lead.getByText(/^Taken by another freelancer at \d\d:\d\d$/)).toBeVisible();
      await expect(button(lead, "Accept")).toBeHidden();
      await expect(toast(page, /^Missed: Popular\. Taken by another freelancer/)).toBeVisible();
      expect(await shiftsOf(page)).toEqual([]);
      expect(await isTheSame(page)).toBe(true);
    });
  });
}

test("an answer given elsewhere appears", async ({ page, freelancer }) => {
  const [id] = await freelancer.isOffered({});
  await open(page);
  await freelancer.responds(id, "accepted");
  await expect(badge(card(page, "Kitchen sink"), "Accepted")).toBeVisible();
  await expect(card(page, "Kitchen sink").getByRole("link", { name: "Call" })).toBeVisible();
});

test("the first lead of all takes the place of the empty page", async ({ page, freelancer }) => {
  await open(page);
  await expect(page.getByRole("heading", { name: "No leads yet" })).toBeVisible();
  await freelancer.isOffered({ title: "Your first one" });
  await expect(card(page, "Your first one")).toBeVisible();
  await expect(page.getByRole("heading", { name: "No leads yet" })).toBeHidden();
});

test("a lead on the screen counts as viewed", async ({ page, freelancer }) => {
  const [id] = await freelancer.isOffered({});
  await open(page);
  await freelancer.waitFor(id, ({ status, viewedAt }) => status === "viewed" && viewedAt !== null);
  await expect(badge(card(page, "Kitchen sink"), "Pending")).toBeVisible();
});

test("a press is not lost to a change that nobody sees", async ({ page, freelancer }) => {
  await freelancer.isOffered({});
  const refreshed = page.waitForResponse((response) => response.request().resourceType() === "fetch" && response.request().method() === "GET");
  await open(page);
  await button(card(page, "Kitchen sink"), "Accept").hover();
  await page.mouse.down();
  // It has been on the screen long enough to count as viewed, and the page has heard of that.
  await (await refreshed).finished();
  await isDrawn(page);
  await page.mouse.up();
  await expect(badge(card(page, "Kitchen sink"), "Accepted")).toBeVisible();
});

test("a connection that is lost shows, and heals without a gap", async ({ page, freelancer, watch }) => {
  watch.expects(/ERR_(CONNECTION|EMPTY_RESPONSE|INCOMPLETE_CHUNKED|SOCKET)/);
  const [id] = await freelancer.isOffered({});
  const wire = await Wire.lay();
  await page.setViewportSize({ width: 320, height: 640 });
  await open(page, `${wire.address}${LEADS}`);
  await mark(page);
  await watchShifts(page);
  wire.cut();
  await expect(page.getByText("Reconnecting…")).toBeVisible();
  // The words stand on the right, so that the dot before them moves, and nothing else does.
  const sum = (await shiftsOf(page)).reduce((sum, [value]) => sum + value, 0);
  expect(sum).toBeLessThan(0.01);
  await looksRight(page, "connection-lost", { fullPage: false });
  await freelancer.responds(id, "ignored");
  await freelancer.isOffered({ title: "Meanwhile" });

  wire.mend();
  await isLive(page);
  await expect(badge(card(page, "Kitchen sink"), "Ignored")).toBeVisible();
  await expect(card(page, "Meanwhile")).toBeVisible();
  expect(await isTheSame(page)).toBe(true);
  await page.close();
  await wire.take();
});

test("a plan that ends while the page is open leads to the plans", async ({ page, freelancer }) => {
  await freelancer.isOffered({});
  await open(page);
  await freelancer.tellPlan("cancelled");
  await expect(page.getByRole("link", { name: "See the lead plans" })).toBeVisible();
});
