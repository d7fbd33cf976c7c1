// How much a phone must fetch to see its first page over 5,000 leads.
import { randomUUID } from "node:crypto";

import { LEADS, open } from "../support/page.js";
import { expect, test } from "../support/test.js";

const LEADS_IN_ALL = 5000;
const KILOBYTES = 60;

test.use({ viewport: { width: 390, height: 844 } });

test("a first page over 5,000 leads is light, and its files are kept for good", async ({ page, context, freelancer, broker }) => {
  const events = Array.from({ length: LEADS_IN_ALL }, (_, index) => {
    const details = { id: randomUUID(), title: `Lead number ${index}`, minutesAgo: 1 + index * 20 };
    return ["lead.notified", freelancer.offer({ ...details, description: `Wish number ${index}: ${randomUUID()}. `.repeat(3) })];
  });
  await broker.publish(...events);
  const all = async () => (await freelancer.ask("GET", "/api/freelancer/leads/counts")).body.all;
  await expect.poll(all, { timeout: 90_000 }).toBe(LEADS_IN_ALL);

  const fetched = [];
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  const kinds = new Map();
  session.on("Network.responseReceived", ({ requestId, type, response }) => kinds.set(requestId, { type, response }));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const { type, response } = kinds.get(requestId) ?? {};
    if (type) fetched.push({ type, url: response.url, headers: response.headers, bytes: encodedDataLength });
  });
  await open(page);
  await expect(page.locator("#leads article")).toHaveCount(20);
  const of = (type) => fetched.filter((file) => file.type === type);
  await expect.poll(() => ["Document", "Stylesheet", "Script"].map((type) => of(type).length)).toEqual([1, 1, 1]);

  const needed = ["Document", "Stylesheet", "Script"].flatMap(of);
  const sum = needed.reduce((bytes, file) => bytes + file.bytes, 0);
  test.info().annotations.push({ type: "bytes", description: needed.map(({ type, bytes }) => `${type} ${bytes}`).join(", ") });
  expect(sum).toBeLessThan(KILOBYTES * 1024);
  for (const { url, headers } of [...of("Stylesheet"), ...of("Script")]) {
    expect(url).toMatch(/\/assets\/page\.[0-9a-f]{32}\.(css|js)$/);
    expect(headers["cache-control"]).toContain("immutable");
    expect(headers["content-encoding"]).toBe("gzip");
  }
  expect(page.url()).toContain(LEADS);
});
