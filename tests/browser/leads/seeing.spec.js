// What a freelancer sees.
import { Freelancer } from "../support/people.js";
import { looksRight } from "../support/looks.js";
import { LEADS, badge, button, card, open } from "../support/page.js";
import { expect, test } from "../support/test.js";

test("a card tells everything that is known of a lead", async ({ page, freelancer }) => {
  await freelancer.isOffered({ title: "Paint a whole flat", budgetMin: 150_000, budgetMax: 12_50_000.5 });
  await open(page);

  const lead = card(page, "Paint a whole flat");
  await expect(page).toHaveTitle(/^Your leads/);
  await expect(badge(lead, "Pending")).toBeVisible();
  for (const fact of ["Plumbing", "Indiranagar, Bengaluru 560038", "₹1,50,000 – ₹12,50,000.50", "Today evening", "Meenakshi Sundaram"]) {
    await expect(lead.getByText(fact, { exact: true })).toBeVisible();
  }
  await expect(lead.getByText("Water under the cabinet")).toBeVisible();
  await expect(lead.getByText(/^Notified \d\d:\d\d$/)).toBeVisible();
  await expect(lead.getByText("9845098450")).toBeHidden();
  for (const label of ["Accept", "Ignore"]) await expect(button(lead, label)).toBeVisible();
  await expect(lead.getByRole("link", { name: "Mark missed" })).toBeVisible();
});

test("a lead of which hardly anything is known is a card, too", async ({ page, freelancer, broker }) => {
  const { leadId, freelancerId } = freelancer.offer();
  await broker.publish(["lead.notified", { leadId, freelancerId }]);
  await freelancer.waitFor(leadId, () => true);
  await open(page);

  const lead = card(page, "A job without a title");
  await expect(badge(lead, "Pending")).toBeVisible();
  await looksRight(page, "minimal");
});

test("text from outside is text, however long", async ({ page, freelancer }) => {
  const nasty = `<img src=x onerror=alert(1)> & "${"Rindfleischetikettierung".repeat(12)}"`;
  await freelancer.isOffered({ title: nasty, description: nasty.repeat(20), location: nasty, category: { id: "x", name: nasty, color: "red; x" } });
  await open(page);

  await expect(card(page, nasty)).toBeVisible();
  await looksRight(page, "long-words");
});

function job(title, minutesAgo, trade, color, location, pincode, [budgetMin, budgetMax]) {
  const category = { id: trade.toLowerCase(), name: trade, color };
  return { title, minutesAgo, category, location, pincode, budgetMin, budgetMax, description: `${title}. Please call before you come.` };
}

test("every state is told in words", async ({ page, freelancer, broker }) => {
  const other = await Freelancer.create(broker, "Imran Sheikh");
  const [calm, urgent, accepted, silent, busy, uninterested, ignored, taken, withdrawn, done] = await freelancer.isOffered(
    job("Ceiling fan makes a noise", 1, "Electrical", "#b45309", "Adyar, Chennai", "600020", [300, 700]),
    job("Deep cleaning of a 2 BHK", 26, "Cleaning", "#0e7490", "Kothrud, Pune", "411038", [2500, 4000]),
    job("Kitchen sink leaks", 29, "Plumbing", "#1d4ed8", "Indiranagar, Bengaluru", "560038", [500, 1500]),
    job("Maths tutor for class 10", 300, "Tuition", "#6d28d9", "Salt Lake, Kolkata", "700091", [null, 6000]),
    job("Bridal mehendi for two hands", 12, "Beauty", "#be185d", "Bapunagar, Ahmedabad", "380024", [3000, 3000]),
    job("Wardrobe door off its hinge", 14, "Carpentry", "#15803d", "Powai, Mumbai", "400076", [400, 900]),
    job("Repaint a balcony", 15, "Painting", "#b45309", "Vaishali Nagar, Jaipur", "302021", [2000, 3500]),
    job("Move a 1 BHK across town", 16, "Moving", "#0e7490", "HSR Layout, Bengaluru", "560102", [5000, 8000]),
    job("RO filter needs a new membrane", 17, "Appliances", "#6d28d9", "Dwarka, New Delhi", "110075", [900, 2200]),
    job("Cockroaches in the kitchen", 3 * 24 * 60, "Pests", "#15803d", "Andheri West, Mumbai", "400053", [1000, null]),
  );
  await freelancer.responds(accepted, "accepted");
  await freelancer.responds(busy, "missed", { reason: "busy", notes: "On another site until Friday" });
  await freelancer.responds(uninterested, "missed", { reason: "not_interested" });
  await freelancer.responds(ignored, "ignored");
  await other.responds(taken, "accepted");
  await broker.publish(["lead.closed", { leadId: withdrawn, outcome: "cancelled" }], ["lead.closed", { leadId: done, outcome: "completed" }]);
  await freelancer.waitFor(silent, ({ status }) => status === "missed");
  await freelancer.waitFor(done, ({ status }) => status === "missed");
  await freelancer.waitFor(withdrawn, ({ status }) => status === "missed");
  await freelancer.waitFor(taken, ({ status }) => status === "missed");
  await open(page);

  const states = [
    ["Ceiling fan", "Pending", /^2\d:\d\d left$/], ["Deep cleaning", "Pending", /^Only 0[34]:\d\d left$/],
    ["Kitchen sink", "Accepted", /^You accepted at \d\d:\d\d$/],
    ["Maths tutor", "Missed", /^No response by \d\d:\d\d$/],
    ["Bridal", "Missed", "Busy with other work"], ["Wardrobe", "Missed", "Not interested"],
    ["Repaint", "Ignored", "You put this aside"],
    ["Move", "Missed", /^Taken by another freelancer at \d\d:\d\d$/], ["RO filter", "Missed", "The customer withdrew this job"],
    ["Cockroaches", "Missed", /^No response by \d+ \w+, \d\d:\d\d$/],
  ];
  for (const [title, word, standing] of states) {
    const lead = card(page, title);
    await expect(badge(lead, word)).toBeVisible();
    await expect(lead.locator(".standing strong")).toHaveText(standing);
  }
  await expect(card(page, "Bridal").getByText("On another site until Friday")).toBeVisible();
  await expect(card(page, "Kitchen sink").getByRole("link", { name: "Call +919845098450" })).toBeVisible();
  await expect(card(page, "Deep cleaning").locator("[data-urgent]")).toBeVisible();
  await expect(card(page, "Ceiling fan").locator("[data-urgent]")).toBeHidden();
  await expect(button(card(page, "Move"), "Accept")).toBeHidden();
  await looksRight(page, "every-state");
  await looksRight(page, "every-state-first-screen", { fullPage: false });
  expect(calm).not.toBe(urgent);
});

test("the countdown runs by the server's clock, whatever the device's says", async ({ page, freelancer }) => {
  await page.addInitScript(() => {
    const Right = Date;
    const off = 5 * 3600_000;
    globalThis.Date = class extends Right {
      constructor(...parts) {
        super(...(parts.length === 0 ? [Right.now() + off] : parts));
      }
      static now() {
        return Right.now() + off;
      }
    };
  });
  await freelancer.isOffered({ minutesAgo: 10 });
  await open(page);

  const countdown = card(page, "Kitchen sink").locator(".countdown");
  await expect(countdown).toHaveText(/^(20:00|1[6-9]:\d\d) left$/);
  const first = await countdown.textContent();
  await expect(countdown).not.toHaveText(first);
});

test("the history of a lead is told on demand", async ({ page, freelancer }) => {
  const [lead] = await freelancer.isOffered({ minutesAgo: 5 });
  await freelancer.responds(lead, "missed", { reason: "busy", notes: "Perhaps next week" });
  await freelancer.waitFor(lead, ({ status }) => status === "missed");
  await open(page);

  const history = card(page, "Kitchen sink").locator("details.history");
  await expect(history.getByText("Offered to you")).toBeHidden();
  await history.locator("summary").click();
  await expect(history.locator("strong")).toHaveText(["Offered to you", "You said: busy with other work"]);
  await looksRight(page, "history");

  await card(page, "Kitchen sink").getByRole("link", { name: "Kitchen sink leaks" }).click();
  await expect(page.getByRole("heading", { name: "What happened" })).toBeVisible();
  await expect(page.getByText("Perhaps next week").first()).toBeVisible();
  await looksRight(page, "one-lead");
});

test("who was offered nothing yet is told what will happen", async ({ page, freelancer }) => {
  await open(page);
  await expect(page.getByRole("heading", { name: "No leads yet" })).toBeVisible();
  await looksRight(page, "empty");

  await open(page, `${LEADS}?status=accepted`);
  await expect(page.getByRole("heading", { name: "No accepted leads here" })).toBeVisible();
  await looksRight(page, "empty-filtered");
  await freelancer.isOffered({ title: "Your first one" });
  await page.getByRole("link", { name: "Show all leads" }).click();
  await expect(card(page, "Your first one")).toBeVisible();
});
