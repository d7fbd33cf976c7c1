// The parts of the leads page, as a person would point at them.

export const LEADS = "/freelancer/leads";

export function card(page, title) {
  return page.getByRole("article", { name: title });
}

export function badge(card, word) {
  return card.locator("header").getByText(word, { exact: true });
}

export function button(card, label) {
  return card.getByRole("button", { name: label });
}

export function toast(page, text) {
  return page.locator("#toasts").getByText(text);
}

export function status(page, word) {
  return page.getByRole("navigation", { name: "Leads by status" }).getByRole("link", { name: word });
}

// Shows the leads, and waits until changes arrive live.
export async function open(page, address = LEADS) {
  await page.goto(address);
  await isLive(page);
}

export async function isLive(page) {
  await page.locator("#connection[data-state=live]").waitFor();
}
