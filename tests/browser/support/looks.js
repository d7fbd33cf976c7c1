// Whether a page is fit to look at, in every state that a spec brings it into.
import path from "node:path";

import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";

const SCHEMES = ["light", "dark"];
const SIZES = [{ width: 390, height: 844 }, { width: 1440, height: 900 }];
const NARROWEST = { width: 320, height: 640 };

// Fails where axe finds something serious in light or dark, or where it is too wide for the narrowest phone. With
// SCREENSHOTS in the environment, puts pictures of it into that folder.
export async function looksRight(page, name, { fullPage = true } = {}) {
  const own = page.viewportSize();
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, `${name}, ${colorScheme}`);
    if (process.env.SCREENSHOTS) await picture(page, `${name}-${colorScheme}`, fullPage);
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(NARROWEST);
  await expect.poll(() => overflow(page), { message: `${name}: scrolls sideways at 320 px` }).toBe(0);
  await page.setViewportSize(own);
}

async function expectAccessible(page, state) {
  await stillness(page);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, any }) => `${target} ${any[0]?.message ?? ""}`)}`);
  expect(found, state).toEqual([]);
}

// What is still fading in has colours of its own.
async function stillness(page) {
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
}

async function picture(page, name, fullPage) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await stillness(page);
    await page.screenshot({ path: path.join(process.env.SCREENSHOTS, `${name}-${size.width}.png`), fullPage });
  }
}

function overflow(page) {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
}
