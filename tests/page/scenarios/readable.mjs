// Light and dark, projector and phone, with an ejection on stage: nothing that axe calls serious, nothing to scroll for
// what is essential on a projector, and nothing to scroll sideways on a phone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { PROJECTOR, scenario } from "../stage.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** The projector, with the bars of a browser around the page. */
const LOW = { width: 1280, height: 600 };
const PHONE = { width: 390, height: 844 };

async function accessible(stage, what) {
  await stage.page.evaluate(AXE);
  const { violations } = await stage.page.evaluate(() => window.axe.run(document));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`)}`);
  assert.deepEqual(told, [], `${what}: what axe calls serious`);
}

async function fits(stage, screen) {
  await stage.whole("Request path");
  for (const name of ["Request path", "Timeline", "Controls"]) {
    const { y, height } = await stage.region(name).boundingBox();
    assert.ok(y >= 0 && y + height <= screen.height, `${name} is at ${y} to ${y + height} of ${screen.height}`);
  }
  assert.ok(await stage.page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), "the page scrolls");
}

async function narrow(stage) {
  await stage.whole();
  const width = await stage.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= PHONE.width, `${width} wide`);
}

scenario("readable", {}, async (stage) => {
  await stage.live("Live.");
  await stage.click("Fault one replica");
  await stage.replicaThat("a faulty replica", (one) => one.kind !== "none");
  await stage.traffic(100, 1);
  await stage.replicaThat("an ejected replica", (one) => one.state === "ejected");
  for (const colorScheme of ["light", "dark"]) {
    await stage.page.emulateMedia({ colorScheme });
    await stage.page.setViewportSize(LOW);
    await stage.shot(`low window ${colorScheme}`);
    await fits(stage, LOW);
    await stage.page.setViewportSize(PROJECTOR);
    await stage.shot(`projector ${colorScheme}`);
    await fits(stage, PROJECTOR);
    await accessible(stage, `projector, ${colorScheme}`);
    await stage.page.setViewportSize(PHONE);
    await stage.shot(`phone ${colorScheme}`);
    await narrow(stage);
    await accessible(stage, `phone, ${colorScheme}`);
  }
});
