// What a freelancer does, and what comes of it.
import { looksRight } from "../support/looks.js";
import { badge, button, card, open, status, toast } from "../support/page.js";
import { Freelancer } from "../support/people.js";
import { expect, test } from "../support/test.js";

// Lets something happen between the press of a button and its arrival.
async function beforeItArrives(page, action, happening) {
  await page.route(`**/freelancer/leads/*/${action}*`, async (route) => {
    await happening();
    await route.continue();
  });
}

async function history(freelancer, leadId) {
  const { body } = await freelancer.ask("GET", `/api/freelancer/leads/${leadId}/history`);
  return body.map(({ status }) => status).filter((status) => status !== "viewed");
}

test("accepting shows the customer's number", async ({ page, freelancer }) => {
  const [id] = await freelancer.isOffered({});
  await open(page);
  const lead = card(page, "Kitchen sink");
  await button(lead, "Accept").click();

  await expect(badge(lead, "Accepted")).toBeVisible();
  await expect(lead.getByRole("link", { name: "Call +919845098450" })).toHaveAttribute("href", "tel:+919845098450");
  await expect(toast(page, "You have accepted this lead.")).toBeVisible();
  await expect(status(page, "Accepted")).toHaveText("Accepted 1");
  await looksRight(page, "accepted-toast", { fullPage: false });
  expect((await freelancer.standing(id)).status).toBe("accepted");
});

test("a double click accepts once", async ({ page, freelancer }) => {
  const [id] = await freelancer.isOffered({});
  await open(page);
  await button(card(page, "Kitchen sink"), "Accept").dblclick();

  await expect(badge(card(page, "Kitchen sink"), "Accepted")).toBeVisible();
  expect(await history(freelancer, id)).toEqual(["notified", "accepted"]);
});

test("a dialog asks why a lead is missed", async ({ page, freelancer }) => {
  const [id] = await freelancer.isOffered({});
  await open(page);
  const lead = card(page, "Kitchen sink");
  await lead.getByRole("link", { name: "Mark missed" }).click();
  const dialog = page.getByRole("dialog", { name: "Kitchen sink leaks" });
  await expect(dialog).toBeVisible();
  await looksRight(page, "dialog", { fullPage: false });
  await dialog.getByRole("button", { name: "Mark missed" }).click();
  await expect(dialog).toBeVisible(); // a reason is required

  await dialog.getByLabel("Busy with other work").check();
  await dialog.getByLabel("Notes").fill("On another site until Friday");
  await dialog.getByRole("button", { name: "Mark missed" }).click();
  await expect(dialog).toBeHidden();
  await expect(badge(lead, "Missed")).toBeVisible();
  await expect(lead.getByText("Busy with other work")).toBeVisible();
  await expect(lead.getByText("On another site until Friday")).toBeVisible();
  expect(await freelancer.standing(id)).toMatchObject({ status: "missed", missedReason: "busy", notes: "On another site until Friday" });
});

test("a reason can be given for a lead that was missed by itself", async ({ page, freelancer }) => {
  const [id] = await freelancer.isOffered({ minutesAgo: 120 });
  await freelancer.waitFor(id, ({ missedReason }) => missedReason === "no_response");
  await open(page);
  const lead = card(page, "Kitchen sink");
  await lead.getByRole("link", { name: "Say why" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Not interested").check();
  await dialog.getByRole("button", { name: "Mark missed" }).click();

  await expect(lead.getByText("Not interested")).toBeVisible();
  await expect(lead.getByRole("link", { name: "Say why" })).toBeHidden();
  expect(await freelancer.standing(id)).toMatchObject({ status: "missed", missedReason: "not_interested" });
});

test("a lead can be put aside, and accepted after all", async ({ page, freelancer }) => {
  await freelancer.isOffered({});
  await open(page);
  const lead = card(page, "Kitchen sink");
  await button(lead, "Ignore").click();
  await expect(badge(lead, "Ignored")).toBeVisible();
  await expect(toast(page, "You have put this lead aside.")).toBeVisible();
  await button(lead, "Accept after all").click();
  await expect(badge(lead, "Accepted")).toBeVisible();
});

test("a lost race is explained", async ({ page, freelancer, broker }) => {
  const other = await Freelancer.create(broker, "Imran Sheikh");
  const id = (await freelancer.isOffered({}))[0];
  await other.isOffered({ id });
  await open(page);
  await beforeItArrives(page, "accept", () => other.accepts(id));
  const lead = card(page, "Kitchen sink");
  await button(lead, "Accept").click();

  await expect(toast(page, /^Another freelancer accepted this lead at \d\d:\d\d:\d\d, .+ before you pressed\.$/)).toBeVisible();
  await expect(badge(lead, "Missed")).toBeVisible();
  await expect(lead.getByText(/^Taken by another freelancer at/)).toBeVisible();
  await looksRight(page, "race-lost", { fullPage: false });
});

test("so is a press that came too late", async ({ page, freelancer }) => {
  const [id] = await freelancer.isOffered({ minutesAgo: 29.8 });
  await open(page);
  await beforeItArrives(page, "ignored", () => freelancer.waitFor(id, ({ status }) => status === "missed"));
  const lead = card(page, "Kitchen sink");
  await button(lead, "Ignore").click();

  await expect(toast(page, /^The time to respond was up at \d\d:\d\d:\d\d, .+ before you pressed\.$/)).toBeVisible();
  await expect(badge(lead, "Missed")).toBeVisible();
  await expect(button(lead, "Accept after all")).toBeVisible();
});

test("what cannot be sent is said, and can be tried again", async ({ page, freelancer, watch }) => {
  watch.expects(/ERR_FAILED/);
  await freelancer.isOffered({});
  await open(page);
  await page.route("**/accept*", (route) => route.abort());
  const lead = card(page, "Kitchen sink");
  await button(lead, "Accept").click();
  await expect(toast(page, "HireLocal cannot be reached. Please try again.")).toBeVisible();
  await expect(badge(lead, "Pending")).toBeVisible();
  await expect(lead.locator(".countdown")).toHaveText(/left$/);

  await page.unroute("**/accept*");
  await button(lead, "Accept").click();
  await expect(badge(lead, "Accepted")).toBeVisible();
});
