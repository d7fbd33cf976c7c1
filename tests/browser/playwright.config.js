// How the pages are looked at. `make browser` and `make screenshots` say where the service is, see main.rs.
import { defineConfig } from "@playwright/test";

// What Chromium would otherwise fetch, update and report on its own. As root it has no sandbox.
const quiet = [
  "--disable-background-networking", "--disable-component-update", "--disable-quic", "--disable-sync", "--no-first-run",
];
const asRoot = process.getuid() === 0 ? ["--no-sandbox"] : [];

export default defineConfig({
  outputDir: process.env.BROWSER_OUTPUT,
  fullyParallel: true,
  forbidOnly: true,
  workers: 3,
  // Generous, since a busy machine must not fail a test.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: "list",
  use: {
    baseURL: process.env.BASE_URL,
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...quiet, ...asRoot] },
    locale: "en-IN",
    timezoneId: "Asia/Kolkata",
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
  },
  projects: [
    { name: "leads", testDir: "leads" },
    // Its settings and checks concern everybody, so that it waits for the others.
    { name: "admin", testDir: "admin", dependencies: ["leads"] },
  ],
});
