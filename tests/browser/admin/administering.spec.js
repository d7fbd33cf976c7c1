// What administrators see and do. One after the other, since all of it concerns the whole service.
import { randomUUID } from "node:crypto";

import { looksRight } from "../support/looks.js";
import { Admin, Freelancer, MINUTE } from "../support/people.js";
import { expect, test as base } from "../support/test.js";

const test = base.extend({
  // An administrator, signed in.
  admin: async ({ context }, use) => {
    const admin = await Admin.create();
    await admin.enter(context);
    await use(admin);
  },
});

test.describe.configure({ mode: "serial" });

test("the last day is shown at a glance", async ({ page, admin, broker }) => {
  const freelancer = await Freelancer.create(broker, "Asha Rao");
  const [accepted, , missed] = await freelancer.isOffered({ minutesAgo: 5 }, {}, { minutesAgo: 45 });
  await freelancer.accepts(accepted);
  await freelancer.waitFor(missed, ({ status }) => status === "missed");
  const { body: summary } = await admin.ask("GET", "/api/admin/summary");
  await page.goto("/admin");

  await expect(page.getByRole("heading", { name: "The last 24 hours" })).toBeVisible();
  await expect(page.locator("#tile-offers .figure")).toHaveText(summary.offers.toLocaleString("en-IN"));
  for (const [id, word] of [["database", "Answers"], ["broker", "Connected"], ["consumer", "Consumes"], ["parked", "None"]]) {
    await expect(page.locator(`#state-${id}`)).toContainText(word);
  }
  await expect(page.getByRole("img", { name: /^No response in time: [1-9]/ })).toBeVisible();
  await looksRight(page, "admin");
  await page.getByText("The same as a table").click();
  await expect(page.getByRole("columnheader", { name: "Answered" })).toBeVisible();
});

test("a check is tried first, and then run", async ({ page, admin }) => {
  await page.goto("/admin");
  await page.getByRole("link", { name: "Check", exact: true }).click();
  await expect(page.locator("#would")).toHaveAttribute("data-count", /^\d+$/);
  await looksRight(page, "admin-check");
  await page.getByRole("spinbutton", { name: "End at most" }).fill("100");
  await page.getByRole("button", { name: "Run the check now" }).click();

  await expect(page.locator("#notice")).toHaveText(/\S/);
  await looksRight(page, "admin-checked");
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.locator("#record li").first()).toContainText("Ran the check");
  expect((await admin.ask("GET", "/api/admin/summary")).status).toBe(200);
});

test("the response window is changed, for offers from then on", async ({ page, admin, broker }) => {
  const freelancer = await Freelancer.create(broker, "Asha Rao");
  const [before] = await freelancer.isOffered({});
  await page.goto("/admin/window");
  await looksRight(page, "admin-window");
  await page.getByRole("spinbutton", { name: "Minutes" }).fill("45");
  await page.getByRole("button", { name: "Change the window" }).click();
  await expect(page.getByText("From now on, freelancers have 45 minutes to respond.")).toBeVisible();
  await expect(page.locator("#now .figure")).toHaveText("45 minutes");
  await looksRight(page, "admin-window-changed");

  const [after] = await freelancer.isOffered({});
  for (const [lead, minutes] of [[before, 30], [after, 45]]) {
    const { notifiedAt, deadlineAt } = await freelancer.standing(lead);
    expect((Date.parse(deadlineAt) - Date.parse(notifiedAt)) / MINUTE).toBe(minutes);
  }
  expect((await admin.ask("GET", "/api/admin/settings/response-window")).body).toMatchObject({ minutes: 45 });
});

test("parked messages are looked at, replayed and discarded", async ({ page, admin, broker }) => {
  await page.goto("/admin/parked");
  await expect(page.getByRole("heading", { name: "Nothing is parked" })).toBeVisible();
  await looksRight(page, "admin-parked-none");
  const unheardOf = { leadId: randomUUID(), freelancerId: "Asha", lead: { title: "Kitchen sink leaks" } };
  await broker.publish(["lead.notified", unheardOf], ["lead.responded", '{ "leadId": "3f0c']);
  const parked = async () => (await admin.ask("GET", "/api/admin/parked")).body.map(({ id }) => id);
  await expect.poll(async () => (await parked()).length).toBe(2);

  await page.reload();
  const messages = page.locator("#parked-messages article");
  const first = page.getByRole("article", { name: "lead.notified" });
  await expect(messages).toHaveCount(2);
  await expect(first.locator(".reason")).toContainText("freelancerId");
  await first.getByText("Body (JSON, laid out)").click();
  await expect(first.getByText("Kitchen sink leaks")).toBeVisible();
  await looksRight(page, "admin-parked");

  const ids = await parked();
  await first.getByRole("button", { name: /^Replay/ }).click();
  await expect(page.getByText("The message is on its way again.")).toBeVisible();
  await looksRight(page, "admin-replayed");
  // It is as it was, and comes back under another id.
  await expect.poll(async () => (await parked()).filter((id) => !ids.includes(id)).length).toBe(1);

  for (const left of [1, 0]) {
    await page.goto("/admin/parked");
    await messages.first().getByText("Discard…").click();
    await messages.first().getByRole("button", { name: /^Discard it for good/ }).click();
    await expect(page.getByText("The message is deleted.")).toBeVisible();
    await expect(messages).toHaveCount(left);
  }
});

test("a freelancer has nothing to do here", async ({ page, context, broker, watch }) => {
  watch.expects(/status of 403/);
  await (await Freelancer.create(broker, "Asha Rao")).enter(context);
  await page.goto("/admin");
  await expect(page.getByRole("heading", { name: "This page is not for you" })).toBeVisible();
});
