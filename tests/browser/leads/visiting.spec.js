// Who comes in, and who does not.
import { looksRight } from "../support/looks.js";
import { LEADS, card, open } from "../support/page.js";
import { Admin, Freelancer } from "../support/people.js";
import { expect, test } from "../support/test.js";

test("who has no plan is shown what it gives", async ({ page, context, broker }) => {
  const freelancer = await Freelancer.create(broker, "Ravi Shankar", false);
  await freelancer.enter(context);
  await page.goto(LEADS);

  await expect(page.getByRole("heading", { name: "Get leads with the lead plan" })).toBeVisible();
  await expect(page.getByText("30 minutes to respond")).toBeVisible();
  await expect(page.getByRole("link", { name: "See the lead plans" })).toHaveAttribute("href", "/subscription-plans");
  await looksRight(page, "upgrade");
});

test("who is not signed in is asked to", async ({ page, watch }) => {
  watch.expects(/status of 401/);
  const response = await page.goto(LEADS);
  expect(response.status()).toBe(401);
  await expect(page.getByRole("heading", { name: "Please sign in" })).toBeVisible();
  await looksRight(page, "signed-out");
  await page.getByRole("link", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Sign in for a trial" })).toBeVisible();
});

test("a trial is signed in to, and out of", async ({ page, broker, watch }) => {
  watch.expects(/status of 401/);
  // The first ones by name are shown.
  const name = `Aadhya ${Date.now()}`;
  const freelancer = await Freelancer.create(broker, name);
  await freelancer.isOffered({});
  await page.goto("/sign-in");
  await looksRight(page, "sign-in");
  await page.getByRole("button", { name }).click();

  await expect(page).toHaveURL(new RegExp(`${LEADS}$`));
  await expect(page.getByRole("banner")).toContainText(name);
  await expect(card(page, "Kitchen sink")).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in for a trial" })).toBeVisible();
  await page.goto(LEADS);
  await expect(page.getByRole("heading", { name: "Please sign in" })).toBeVisible();
});

test("an address where nothing is says so", async ({ page, freelancer, watch }) => {
  watch.expects(/status of 4\d\d/);
  await freelancer.isOffered({});
  await page.goto(`${LEADS}/7b5f4d4e-0f61-4c6b-9a53-0d3c1f0c9a01`);
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await looksRight(page, "not-found");
  await page.getByRole("link", { name: "Go to your leads" }).click();
  await expect(card(page, "Kitchen sink")).toBeVisible();

  await page.goto(`${LEADS}/no-uuid`);
  await expect(page.getByRole("alert")).toBeVisible();
});

test("an administrator has no leads", async ({ page, context, watch }) => {
  watch.expects(/status of 403/);
  await (await Admin.create()).enter(context);
  await page.goto(LEADS);
  await expect(page.getByRole("heading", { name: "This page is not for you" })).toBeVisible();
  await looksRight(page, "not-for-you");
});

test("a session that ends while the page is open asks to sign in", async ({ page, context, freelancer, watch }) => {
  watch.expects(/status of 401/);
  await freelancer.isOffered({});
  await open(page);
  await context.clearCookies();
  await card(page, "Kitchen sink").getByRole("button", { name: "Ignore" }).click();
  await expect(page.getByRole("heading", { name: "Please sign in" })).toBeVisible();
});
