// Makes the pictures of the README from a running demo, with one replica ejected: the page, light and dark, and the
// parts. From the root of the repository:
//
//   npm ci --prefix tests/page
//   node tests/page/pictures.mjs
//
// The demo is `cargo run --release -- up --json`, or what is on the command line in its place.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { diagram } from "./diagram.mjs";

const FIGURES = fileURLToPath(new URL("../../docs/figures/", import.meta.url));
const PROJECTOR = { width: 1280, height: 720 };
const [program, ...args] = process.argv.length > 2 ? process.argv.slice(2) : ["cargo", "run", "--release", "--", "up", "--json"];

const demo = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
try {
  const [line] = await once(createInterface(demo.stdout), "line");
  await take(JSON.parse(line));
} finally {
  demo.kill();
}

async function take(ready) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: PROJECTOR });
    page.setDefaultTimeout(60_000);
    await page.goto(ready.gateway);
    const replicas = page.getByRole("list", { name: "Replicas", exact: true });
    await replicas.locator("[data-state=healthy]").nth(4).waitFor();
    await page.getByRole("spinbutton", { name: "Requests per second" }).fill("50");
    await page.getByRole("spinbutton", { name: "Seconds" }).fill("30");
    await page.getByRole("button", { name: "Send traffic" }).click();
    await replicas.locator(".ok").filter({ hasText: /[1-9]\d\d/ }).nth(4).waitFor();
    await page.getByRole("button", { name: "Fault one replica" }).click();
    await replicas.locator("[data-state=ejected]").waitFor();
    // Some seconds later the timeline shows what the ejection changed.
    await replicas.locator("[data-state=ejected] .countdown").filter({ hasText: /\b[4-8](\.\d)? ?s/ }).waitFor();
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${FIGURES}page-${colorScheme}.png` });
    }
    const { hosts } = await (await fetch(`${ready.gateway}/hosts`)).json();
    writeFileSync(`${FIGURES}parts.svg`, diagram(ready, new Map(hosts.map((host) => [host.uid, host]))));
  } finally {
    await browser.close();
  }
}
