// The same page in a browser that runs no script.
import { looksRight } from "../support/looks.js";
import { LEADS, badge, button, card, status } from "../support/page.js";
import { Freelancer } from "../support/people.js";
import { expect, test } from "../support/test.js";

// axe is script itself, so it looks at a copy in a context that runs script, and none of the page's.
async function looksRightAsLoaded(browser, page, name) {
  const context = await browser.newContext({ javaScriptEnabled: true });
  const [copy, body] = [await context.newPage(), await page.content()];
  await copy.route("**/*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await copy.route(page.url(), (route) => route.fulfill({ contentType: "text/html", body }));
  await copy.goto(page.url());
  await looksRight(copy, name);
  await context.close();
}

test.use({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });

test("leads are seen and filtered", async ({ page, freelancer }) => {
  const leads = Array.from({ length: 25 }, (_, index) => ({ title: `Lead ${index}.`, minutesAgo: index === 0 ? 1 : 60 * index }));
  const [id] = await freelancer.isOffered(...leads);
  await freelancer.responds(id, "ignored");
  await freelancer.waitFor(id, ({ status }) => status === "ignored");
  await page.goto(LEADS);
  await expect(page.locator("#leads article")).toHaveCount(20);
  await page.getByRole("link", { name: "Show more" }).click();
  await expect(page.locator("#leads article")).toHaveCount(5);

  await page.goto(LEADS);
  await status(page, "Ignored").click();
  await expect(page.locator("#leads article")).toHaveCount(1);
  await expect(badge(card(page, "Lead 0."), "Ignored")).toBeVisible();
  await page.getByText("Dates").click();
  await page.getByRole("combobox", { name: "Month" }).selectOption({ index: 3 });
  await page.getByRole("button", { name: "Show month" }).click();
  await expect(page).toHaveURL(/status=ignored.*month=/);
  await expect(page.getByRole("heading", { name: "No ignored leads here" })).toBeVisible();
});

test("a lead is accepted", async ({ browser, page, freelancer }) => {
  await freelancer.isOffered({});
  await page.goto(LEADS);
  await expect(card(page, "Kitchen sink").getByText(/^Respond by /)).toBeVisible();
  await button(card(page, "Kitchen sink"), "Accept").click();

  await expect(page.getByText("You have accepted this lead.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Call +919845098450" })).toBeVisible();
  await looksRightAsLoaded(browser, page, "accepted-without-script");
  await page.getByRole("link", { name: "All leads" }).click();
  await expect(badge(card(page, "Kitchen sink"), "Accepted")).toBeVisible();
});

test("a lead is marked missed", async ({ browser, page, freelancer }) => {
  await freelancer.isOffered({});
  await page.goto(LEADS);
  await card(page, "Kitchen sink").getByRole("link", { name: "Mark missed" }).click();
  await page.getByLabel("Not interested").check();
  await page.getByLabel("Notes").fill("Too far");
  await looksRightAsLoaded(browser, page, "missed-form");
  await page.getByRole("button", { name: "Mark missed", exact: true }).click();

  await expect(page.getByText("Noted: not interested.")).toBeVisible();
  await expect(badge(card(page, "Kitchen sink"), "Missed")).toBeVisible();
  await expect(page.getByText("Too far").first()).toBeVisible();
});

test("a lead is put aside, and its history told", async ({ page, freelancer }) => {
  await freelancer.isOffered({});
  await page.goto(LEADS);
  await button(card(page, "Kitchen sink"), "Ignore").click();
  await expect(page.getByText("You have put this lead aside.")).toBeVisible();
  await page.getByRole("link", { name: "All leads" }).click();
  await card(page, "Kitchen sink").locator("summary").click();
  await page.getByRole("link", { name: "Show what happened" }).click();
  await expect(page.locator(".timeline strong")).toHaveText(["Offered to you", "You put it aside"]);
});

test("a lost race is explained", async ({ browser, page, freelancer, broker }) => {
  const other = await Freelancer.create(broker, "Imran Sheikh");
  const [id] = await freelancer.isOffered({});
  await other.isOffered({ id });
  await page.goto(LEADS);
  await other.accepts(id);
  await button(card(page, "Kitchen sink"), "Accept").click();

  await expect(page.getByText(/^Another freelancer accepted this lead at \d\d:\d\d:\d\d, .+ before you pressed\.$/)).toBeVisible();
  await expect(badge(card(page, "Kitchen sink"), "Missed")).toBeVisible();
  await expect(page.locator(".timeline strong")).toHaveText(["Offered to you", "Missed: the job was gone already"]);
  await looksRightAsLoaded(browser, page, "race-lost-without-script");
});
