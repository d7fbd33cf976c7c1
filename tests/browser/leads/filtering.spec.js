// Filters: by status, by month, by days; all of them kept in the address.
import { looksRight } from "../support/looks.js";
import { LEADS, card, open, status } from "../support/page.js";
import { expect, test } from "../support/test.js";

const DAY = 24 * 60;

const cards = (page) => page.locator("#leads article");

// How many minutes ago the 15th of the month was that lies so many months back, at noon in Kolkata.
function minutesSince15th(monthsBack) {
  const local = new Date(Date.now() + 330 * 60_000);
  const day = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() - monthsBack, 15, 12) - 330 * 60_000;
  return { minutesAgo: (Date.now() - day) / 60_000, day: new Date(day).toISOString().slice(0, 10) };
}

test("by status, with how many there are", async ({ page, freelancer }) => {
  const [, accepted, ignored] = await freelancer.isOffered({ title: "Waits" }, { title: "Taken" }, { title: "Aside" });
  await freelancer.responds(accepted, "accepted");
  await freelancer.responds(ignored, "ignored");
  await freelancer.waitFor(ignored, ({ status }) => status === "ignored");
  await open(page);
  for (const [word, count] of [["All", 3], ["Pending", 1], ["Accepted", 1], ["Missed", 0], ["Ignored", 1]]) {
    await expect(status(page, word)).toHaveText(`${word} ${count}`);
  }

  await status(page, "Ignored").click();
  await expect(page).toHaveURL(/[?]status=ignored$/);
  await expect(status(page, "Ignored")).toHaveAttribute("aria-current", "page");
  await expect(cards(page)).toHaveCount(1);
  await expect(card(page, "Aside")).toBeVisible();
  await page.reload();
  await expect(cards(page)).toHaveCount(1);
  await page.goBack();
  await expect(cards(page)).toHaveCount(3);
});

test("by month and by days, together with the status", async ({ page, freelancer }) => {
  const [last, before] = [minutesSince15th(1), minutesSince15th(2)];
  await freelancer.isOffered({ title: "Today" }, { ...last, title: "Last month" }, { ...before, title: "The month before" });
  await open(page, `${LEADS}?status=missed`);
  const { y } = await card(page, "Last month").boundingBox();
  await page.getByText("Dates").click();
  expect((await card(page, "Last month").boundingBox()).y).toBe(y);
  await looksRight(page, "dates");

  await page.getByRole("combobox", { name: "Month" }).selectOption(last.day.slice(0, 7));
  await expect(page).toHaveURL(new RegExp(`status=missed.*month=${last.day.slice(0, 7)}`));
  await expect(cards(page)).toHaveCount(1);
  await expect(card(page, "Last month")).toBeVisible();

  await page.getByLabel("From").fill(before.day);
  await page.getByLabel("To", { exact: true }).fill(before.day);
  await page.getByRole("button", { name: "Show days" }).click();
  await expect(page).toHaveURL(new RegExp(`status=missed.*fromDate=${before.day}&toDate=${before.day}`));
  await expect(page).not.toHaveURL(/month=/);
  await expect(cards(page)).toHaveCount(1);
  await expect(card(page, "The month before")).toBeVisible();

  await page.getByRole("link", { name: "Any day" }).click();
  await expect(page).toHaveURL(/[?]status=missed$/);
  await expect(cards(page)).toHaveCount(2);
});

test("days begin where the browser is", async ({ browser, freelancer, watch }) => {
  const { minutesAgo } = minutesSince15th(1);
  await freelancer.isOffered({ minutesAgo: minutesAgo + 10 * 60, title: "Early on the 15th in India" });
  const context = await browser.newContext({ timezoneId: "America/New_York" });
  await watch.over(context);
  await freelancer.enter(context);
  const page = await context.newPage();
  await open(page);

  await expect(page).toHaveURL(/tz=America%2FNew_York/);
  await expect(card(page, "Early on").getByText(/Notified 14 \w+/)).toBeVisible();
  await status(page, "Missed").click();
  await expect(page).toHaveURL(/status=missed/);
  await expect(page).toHaveURL(/tz=America%2FNew_York/);
  await context.close();
});

test("a filter that makes no sense is explained", async ({ page, freelancer, watch }) => {
  watch.expects(/status of 4\d\d/);
  await freelancer.isOffered({});
  await page.goto(`${LEADS}?month=2026-13`);
  await expect(page.getByRole("alert")).toContainText("month");
  await looksRight(page, "error");
  await page.getByRole("link", { name: "Go to your leads" }).click();
  await expect(cards(page)).toHaveCount(1);
});

test("more on scrolling, and by the link", async ({ page, freelancer }) => {
  const titles = Array.from({ length: 45 }, (_, index) => `Lead number ${String(index).padStart(2, "0")}`);
  await freelancer.isOffered(...titles.map((title, index) => ({ title, minutesAgo: index * DAY })));
  await open(page);
  await expect(cards(page)).toHaveCount(20);

  await page.locator("#more").scrollIntoViewIfNeeded();
  await expect.poll(() => cards(page).count()).toBeGreaterThan(20);
  await expect.poll(async () => {
    await page.mouse.wheel(0, 4000);
    return cards(page).count();
  }).toBe(45);
  await expect(page.locator("#more")).toBeHidden();
  const shown = await cards(page).getByRole("heading").allTextContents();
  expect(shown).toEqual(titles);
});
