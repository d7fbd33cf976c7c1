// Without a mouse.
import { badge, button, card, open } from "../support/page.js";
import { expect, test } from "../support/test.js";

// Presses Tab until something has the focus, as somebody would who looks for it.
async function tabTo(page, target) {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error("it cannot be reached by Tab");
}

test("a lead is reached, and accepted", async ({ page, freelancer }) => {
  await freelancer.isOffered({});
  await open(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeInViewport();
  await page.keyboard.press("Enter");
  await tabTo(page, button(card(page, "Kitchen sink"), "Accept"));
  await page.keyboard.press("Enter");

  await expect(badge(card(page, "Kitchen sink"), "Accepted")).toBeVisible();
  // The focus has not been lost with the button.
  await expect(card(page, "Kitchen sink").locator(":focus")).toHaveCount(1);
});

test("the dialog is closed by Escape, and gives the focus back", async ({ page, freelancer }) => {
  await freelancer.isOffered({});
  await open(page);
  const opener = card(page, "Kitchen sink").getByRole("link", { name: "Mark missed" });
  await tabTo(page, opener);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await expect(dialog.locator(":focus")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test("the dialog is answered", async ({ page, freelancer }) => {
  await freelancer.isOffered({});
  await open(page);
  const lead = card(page, "Kitchen sink");
  await lead.getByRole("link", { name: "Mark missed" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Busy with other work").press("Space");
  await dialog.getByRole("button", { name: "Mark missed" }).press("Enter");
  await expect(badge(lead, "Missed")).toBeVisible();
  await expect(lead.locator(":focus")).toHaveCount(1);
});
