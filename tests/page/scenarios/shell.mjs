// The line for a shell beside each control does the same as the control.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { GATEWAY, scenario, until } from "../stage.mjs";

/** Runs the line that is shown, as somebody who copied it, and returns what it printed. */
async function run(stage) {
  const line = await stage.page.locator("[data-curl]").textContent();
  const env = { ...process.env, GW_ENDPOINT: GATEWAY };
  const { stdout } = await promisify(execFile)("bash", ["-c", `set -o pipefail; ${line}`], { env });
  return stdout;
}

const count = async (stage, wanted) => [...(await stage.replicas()).values()].filter(wanted).length;
const faulty = (stage) => count(stage, (one) => one.kind !== "none");

scenario("shell", {}, async (stage) => {
  await stage.live("Live.");
  await until("five replicas", async () => (await stage.replicas()).size === 5);

  await stage.click("Get a color");
  await until("one answer", async () => (await stage.answers()).ok === 1);
  assert.match(await run(stage), /hostuid: .*purple/is);
  await until("two answers", async () => (await stage.answers()).ok === 2);

  await stage.click("Fault one replica");
  await until("one is sick", async () => (await faulty(stage)) === 1);
  assert.match(await run(stage), /^host: `.*` will now respond with 500 on \/get\.\n$/);
  await until("two are sick", async () => (await faulty(stage)) === 2);

  await stage.click("Recover all");
  await until("all are well", async () => (await faulty(stage)) === 0);
  await stage.click("Fault one replica");
  await until("one is sick", async () => (await faulty(stage)) === 1);
  await stage.button("Recover all").focus();
  assert.match(await run(stage), /will now respond with 200/);
  await until("all are well again", async () => (await faulty(stage)) === 0);

  // One given replica, and the line in the shell undoes what the button did.
  const [[uid]] = await stage.replicas();
  await stage.click(`Fault ${uid}`);
  await until("it is sick", async () => (await stage.replicas()).get(uid).kind !== "none");
  const sick = await stage.page.locator("[data-curl]").textContent();
  assert.ok(sick.includes(`/fault?host=${uid}`), sick);
  await stage.click(`Recover ${uid}`);
  await until("it is well", async () => (await stage.replicas()).get(uid).kind === "none");
  assert.match(await run(stage), new RegExp(uid));

  await stage.click("Reset counters");
  await until("counters at zero", async () => (await stage.answers()).ok === 0);
  const sent = await stage.traffic(10, 1);
  assert.match(await run(stage), /^ *10 200$/m, "curl counts the statuses");
  await until("as many again", async () => (await stage.answers()).ok === sent + 10);
  await stage.button("Reset counters").focus();
  assert.equal(await run(stage), "stats cleared.");
  await until("counters at zero", async () => (await stage.answers()).ok === 0);

  // A field says what is sent, whatever was written there.
  const says = async (id, written) => {
    const field = stage.page.locator(`#${id}`);
    await field.fill(written);
    await field.blur();
    return field.inputValue();
  };
  assert.equal(await says("status", "200"), "500");
  assert.equal(await says("requests", "99999"), "1000");
  assert.equal(await says("requests", ""), "50");
  await stage.page.locator("#kind").selectOption("delay");
  assert.equal(await stage.page.locator("#delay").inputValue(), "200");
  assert.equal(await says("delay", "0"), "200", "slow by nothing is not slow");
  assert.equal(await says("delay", "99999"), "60000");
});
