// Who uses the pages: everyone has a token of their own, signed by the service's own command.
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";

import { expect, request } from "@playwright/test";

const run = promisify(execFile);

export const MINUTE = 60_000;

async function token(...options) {
  const { stdout } = await run(process.env.LEAD_TRACKER, ["token", ...options]);
  return stdout.trim();
}

class Person {
  constructor(signed) {
    this.token = signed;
  }

  // Lets a browser be this person, as signing in to the parent product does.
  async enter(context) {
    const { hostname } = new URL(process.env.BASE_URL);
    await context.addCookies([
      { name: "hirelocal_session", value: this.token, domain: hostname, path: "/", httpOnly: true, sameSite: "Lax" },
    ]);
  }

  // Asks the API.
  async ask(method, address, data) {
    const api = await request.newContext({ baseURL: process.env.BASE_URL });
    const headers = { Authorization: `Bearer ${this.token}` };
    const response = await api.fetch(address, { method, data, headers });
    const answer = { status: response.status(), body: await response.json() };
    await api.dispose();
    return answer;
  }
}

export class Admin extends Person {
  static async create() {
    return new Admin(await token("--admin"));
  }
}

export class Freelancer extends Person {
  // One whom nobody has met; without a plan where `hasPlan` is false.
  static async create(broker, fullName, hasPlan = true) {
    const id = randomUUID();
    // Of its plan only the events tell, so that they can end it.
    const freelancer = new Freelancer(await token("--freelancer", id));
    Object.assign(freelancer, { id, broker, fullName, hasPlan });
    await freelancer.tellPlan(hasPlan ? "active" : "expired");
    return freelancer;
  }

  // Tells what became of the plan, and waits until that is known.
  async tellPlan(status) {
    const endsAt = new Date(Date.now() + (status === "active" ? 30 : -1) * 24 * 60 * MINUTE);
    await this.broker.publish(["freelancer.plan_changed", { freelancerId: this.id, plan: "lead", status, endsAt }]);
    await expect.poll(async () => (await this.ask("GET", "/api/freelancer/plan")).body.active).toBe(status === "active");
  }

  // The event that offers a lead, so many minutes ago.
  offer({ id = randomUUID(), minutesAgo = 0, ...details } = {}) {
    const notifiedAt = new Date(Date.now() - minutesAgo * MINUTE);
    const lead = {
      title: "Kitchen sink leaks", description: "Water under the cabinet since this morning.",
      location: "Indiranagar, Bengaluru", pincode: "560038", budgetMin: 500, budgetMax: 1500, preferredTime: "Today evening",
      category: { id: "plumbing", name: "Plumbing", color: "#1d4ed8" },
      customer: { id: "c-42", firstName: "Meenakshi", lastName: "Sundaram" }, mobileNumber: "+919845098450", ...details,
    };
    const freelancer = { fullName: this.fullName };
    return { leadId: id, freelancerId: this.id, notifiedAt, lead, freelancer };
  }

  // Offers leads, and waits until the last one is on record; returns the ids.
  async isOffered(...offers) {
    const events = offers.map((details) => this.offer(details));
    await this.broker.publish(...events.map((event) => ["lead.notified", event]));
    for (const { leadId } of events) await this.waitFor(leadId, () => true);
    return events.map(({ leadId }) => leadId);
  }

  // How this freelancer stands to a lead: the interaction, or nothing.
  async standing(leadId) {
    const { body } = await this.ask("GET", "/api/freelancer/leads/all-with-interactions");
    return body.find?.(({ id }) => id === leadId)?.freelancerInteractions[0];
  }

  async waitFor(leadId, condition) {
    const holds = async () => {
      const standing = await this.standing(leadId);
      return standing !== undefined && condition(standing);
    };
    await expect.poll(holds, { message: `what becomes of lead ${leadId}` }).toBe(true);
  }

  // Tells of an answer that was given elsewhere.
  async responds(leadId, response, details = {}) {
    const event = { leadId, freelancerId: this.id, response, ...details };
    await this.broker.publish(["lead.responded", event]);
  }

  async accepts(leadId) {
    const { status } = await this.ask("POST", `/api/freelancer/leads/${leadId}/accept`);
    expect(status).toBe(200);
  }
}
