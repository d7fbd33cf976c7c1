// Collects what a page must never do: errors in its console, exceptions, and what its Content-Security-Policy forbids.
import { expect } from "@playwright/test";

export class Watch {
  #complaints = [];
  #expected = [];

  // To be called before the context has a page.
  async over(context) {
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.#complain(`console: ${message.text()} ${message.location().url}`);
    });
    context.on("weberror", (error) => this.#complain(`exception: ${error.error().stack}`));
    await context.exposeBinding("complain", (_, text) => this.#complain(text));
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
        window.complain(`policy: ${effectiveDirective} ${blockedURI}`);
      });
    });
  }

  // What this spec brings about on purpose, and browsers then complain of.
  expects(pattern) {
    this.#expected.push(pattern);
  }

  end() {
    expect(this.#complaints, "what the pages complained of").toEqual([]);
  }

  #complain(text) {
    if (!this.#expected.some((pattern) => pattern.test(text))) this.#complaints.push(text);
  }
}
