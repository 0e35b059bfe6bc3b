// The page in a browser, and what the scenarios look at. Every scenario ends with the same questions: did the page ask
// anybody else than where it came from, and did the console tell of an error?

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const { GATEWAY, ADMIN } = process.env;

/** How long anything may take before a scenario fails rather than waits forever. */
export const PATIENCE = 30_000;

/** The projector that the page is made for. */
export const PROJECTOR = { width: 1280, height: 720 };

const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));

let browser;
before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  // Chromium's sandbox wants a kernel that allows it, and another user than root.
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
});
after(() => browser?.close());

/**
 * One scenario. `options` are those of a browser context; also `url` (in place of the gateway's), and `told`: which
 * errors the console may tell of.
 */
export function scenario(title, options, play) {
  test(title, { timeout: 5 * PATIENCE }, async () => {
    const stage = await Stage.open(title, options);
    try {
      await play(stage);
      await stage.shot("end");
    } catch (error) {
      await stage.shot("failed");
      throw error;
    } finally {
      await stage.page.context().close();
    }
    assert.deepEqual(stage.elsewhere, [], "requests to other places than the page's own");
    assert.deepEqual(stage.errors, [], "errors in the console");
  });
}

/** Asks until the answer is true, and returns it. */
export async function until(what, probe) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    assert.ok(Date.now() < end, `not so after ${PATIENCE} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Asks until both are the same. `said` and `expected` are asked anew each time. */
export async function agree(what, said, expected) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const [left, right] = [await said(), await expected()];
    try {
      return assert.deepEqual(left, right, what);
    } catch (difference) {
      if (Date.now() > end) throw difference;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What a server says at an address, as JSON. */
export async function json(url) {
  const response = await fetch(url);
  assert.equal(response.status, 200, url);
  return response.json();
}

/** The replicas as `/hosts` tells them, by uid. */
export async function hosts() {
  const { hosts } = await json(`${GATEWAY}/hosts`);
  return new Map(hosts.map((host) => [host.uid, host]));
}

class Stage {
  static async open(title, { url = GATEWAY, told = [], ...context }) {
    const page = await (await browser.newContext({ viewport: PROJECTOR, ...context })).newPage();
    const stage = new Stage(title, page, new URL(url).origin, told);
    await page.goto(url);
    return stage;
  }

  constructor(title, page, origin, told) {
    Object.assign(this, { title, page, elsewhere: [], errors: [], urls: [], shots: 0, colors: { sent: 0, done: 0 } });
    page.setDefaultTimeout(PATIENCE);
    page.on("request", (request) => {
      const url = new URL(request.url());
      this.urls.push(url.href);
      if (url.origin !== origin && url.protocol !== "data:") this.elsewhere.push(url.href);
    });
    const color = (request) => new URL(request.url()).pathname === "/color/get";
    page.on("request", (request) => { this.colors.sent += color(request); });
    for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => { this.colors.done += color(request); });
    // A request for a color that is answered with a 500 is what the demo is about, and the browser tells it as an error.
    const known = [/^Failed to load resource: .* 50\d .*\/color\/get$/, ...told];
    const error = (text) => known.some((known) => known.test(text)) || this.errors.push(text);
    page.on("pageerror", ({ stack }) => error(stack));
    page.on("console", (message) => {
      if (message.type() === "error") error(`${message.text()} ${message.location().url}`);
    });
  }

  /** A picture of how it looks now. */
  async shot(step) {
    this.shots += 1;
    const name = `${this.title} ${this.shots} ${step}`.replaceAll(/[^a-z0-9]+/gi, "-");
    await this.page.screenshot({ path: `${SHOTS}${name}.png`, animations: "disabled" });
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  async click(name) {
    await this.button(name).click();
  }

  region(name) {
    return this.page.getByRole("region", { name, exact: true });
  }

  /** What is said of the connection. */
  async live(text) {
    await this.page.getByRole("status").filter({ hasText: text }).first().waitFor();
  }

  /** The list of replicas. */
  list() {
    return this.region("Request path").getByRole("list", { name: "Replicas", exact: true });
  }

  replica(uid) {
    return this.list().locator(`[data-host="${uid}"]`);
  }

  /** The replicas as the page tells them, by uid. */
  async replicas() {
    const read = await this.list().evaluate((list) => {
      const parts = ["uid", "address", "ok", "errors", "rate", "streak", "fault", "mesh", "countdown", "reason"];
      return [...list.querySelectorAll("[data-host]")].map((item) => ({
        host: item.dataset.host,
        state: item.dataset.state,
        kind: item.dataset.fault,
        // Empty where nobody knows.
        inARow: item.dataset.streak ? Number(item.dataset.streak) : null,
        ...Object.fromEntries(parts.map((part) => [part, item.querySelector(`.${part}`)?.textContent.trim() ?? null])),
      }));
    });
    return new Map(read.map((replica) => [replica.host, replica]));
  }

  /** Fails if something of a replica is outside of its box, covers something else of it, or is outside of `region`. */
  async whole(region) {
    const wrong = await this.list().evaluate((list, region) => {
      const frame = region ? document.querySelector(`[aria-label="${region}"]`).getBoundingClientRect() : null;
      const inside = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
      const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
      const wrong = [];
      for (const item of list.querySelectorAll("[data-host]")) {
        const box = item.getBoundingClientRect();
        if (frame && !inside(box, frame)) wrong.push(`${item.dataset.host} is outside of ${region}`);
        // What only a screen reader has is a pixel large.
        const seen = (part) => part.checkVisibility() && part.getBoundingClientRect().width > 1;
        const parts = [...item.querySelectorAll("*")].filter((part) => seen(part) && !part.children.length && part.textContent.trim());
        const places = parts.map((part) => {
          const range = document.createRange();
          range.selectNodeContents(part);
          return { name: `${part.className} "${part.textContent}" of ${item.dataset.host}`, at: range.getBoundingClientRect() };
        }).filter(({ at }) => at.width && at.height);
        for (const [index, { name, at }] of places.entries()) {
          if (!inside(at, box)) wrong.push(`${name} leaves its box`);
          for (const other of places.slice(index + 1)) if (!apart(at, other.at)) wrong.push(`${name} covers ${other.name}`);
        }
      }
      return wrong;
    }, region);
    assert.deepEqual(wrong, []);
  }

  /** The first replica of which `wanted` is true, once there is one. */
  async replicaThat(what, wanted) {
    return until(what, async () => [...(await this.replicas()).values()].find(wanted));
  }

  /** Answers so far: good ones, and errors. */
  async answers() {
    const all = [...(await this.replicas()).values()];
    const sum = (part) => all.reduce((sum, replica) => sum + number(replica[part]), 0);
    return { ok: sum("ok"), errors: sum("errors") };
  }

  /** Sends requests from the page, and returns how many once all of them are answered and counted. */
  async traffic(rate, seconds) {
    const [before, sent] = [await this.answers(), this.colors.sent];
    await this.page.getByRole("spinbutton", { name: "Requests per second" }).fill(`${rate}`);
    await this.page.getByRole("spinbutton", { name: "Seconds" }).fill(`${seconds}`);
    await this.click("Send traffic");
    await this.quiet();
    const count = this.colors.sent - sent;
    await until(`${count} more answers`, async () => {
      const { ok, errors } = await this.answers();
      return ok + errors - before.ok - before.errors === count;
    });
    return count;
  }

  /** Waits for the end of the page's traffic. */
  async quiet() {
    await until("the traffic ends", () => this.button("Stop traffic").isDisabled());
    await until("all are answered", () => this.colors.done === this.colors.sent);
  }

  /** Marks of the timeline, as kind and uid. */
  async marks() {
    const marks = this.region("Timeline").getByRole("list", { name: "Marks", exact: true });
    return marks.evaluate((list) =>
      [...list.querySelectorAll("[data-kind]")].map(({ dataset }) => `${dataset.kind} ${dataset.host}`));
  }
}

/** The number in a text such as `40 ok` or `1,200`. */
export function number(text) {
  const digits = /\d[\d,.\u202f ]*/.exec(text ?? "");
  assert.ok(digits, `no number in ${text}`);
  return Number(digits[0].replaceAll(/[^\d.]/g, "").replace(/\.$/, ""));
}
