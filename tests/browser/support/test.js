// What every spec begins with: a browser that tolerates nothing, people, and a broker.
import { test as base } from "@playwright/test";

import { Broker } from "./broker.js";
import { Freelancer } from "./people.js";
import { Watch } from "./watch.js";

export { expect } from "@playwright/test";

export const test = base.extend({
  // Whatever goes wrong in the page fails the spec, unless it says before what is to be expected.
  watch: [async ({ context }, use) => {
    const watch = new Watch();
    await watch.over(context);
    await use(watch);
    watch.end();
  }, { auto: true }],

  broker: [async ({}, use) => {
    const broker = await Broker.connect();
    await use(broker);
    await broker.close();
  }, { scope: "worker" }],

  // A freelancer with a plan, signed in.
  freelancer: async ({ broker, context }, use) => {
    const freelancer = await Freelancer.create(broker, "Asha Rao");
    await freelancer.enter(context);
    await use(freelancer);
  },
});
