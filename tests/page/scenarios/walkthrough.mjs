// The walkthrough of the README, by clicking only.

import assert from "node:assert/strict";
import { number, scenario, until } from "../stage.mjs";

scenario("walkthrough", {}, async (stage) => {
  await stage.page.getByRole("heading", { level: 1, name: "Outlier detection" }).waitFor();
  await stage.live("Live.");
  await until("five healthy replicas", async () => {
    const replicas = [...(await stage.replicas()).values()];
    return replicas.length === 5 && replicas.every((one) => one.state === "healthy" && one.kind === "none");
  });
  await stage.shot("all is well");

  await stage.click("Get a color");
  await stage.page.locator("output#answer").filter({ hasText: "purple" }).waitFor();
  await stage.click("Reset counters");
  await until("counters at zero", async () => (await stage.answers()).ok === 0);

  await evenly(stage, await stage.traffic(100, 2));
  await stage.shot("evenly spread");

  await stage.click("Reset counters");
  await until("counters at zero", async () => (await stage.answers()).ok === 0);
  await stage.click("Fault one replica");
  const { host: sick } = await stage.replicaThat("a faulty replica", (one) => one.kind !== "none");
  await stage.shot("one is sick");

  const sent = await stage.traffic(100, 2);
  const ejected = await stage.replicaThat("an ejected replica", (one) => one.state === "ejected");
  assert.equal(ejected.host, sick);
  assert.deepEqual(await stage.answers(), { ok: sent - 5, errors: 5 });
  assert.equal(number(ejected.errors), 5);
  assert.match(ejected.reason, /5 errors in a row/);
  const left = number(ejected.countdown);
  assert.ok(left <= 10, ejected.countdown);
  await stage.shot("five errors and out");
  await until("the countdown counts down", async () => {
    const { countdown } = (await stage.replicas()).get(sick);
    return number(countdown) < left;
  });

  await stage.click("Recover all");
  await stage.replicaThat("no fault, and still out", (one) => one.host === sick && one.kind === "none");
  await stage.shot("well and still out");
  await stage.replicaThat("back", (one) => one.host === sick && one.state === "healthy");
  await stage.shot("back");
  const happened = [`fault ${sick}`, `ejection ${sick}`, `recover ${sick}`, `return ${sick}`];
  await until("all four marks", async () => (await stage.marks()).length === 4);
  assert.deepEqual((await stage.marks()).sort(), happened.sort());

  await stage.click("Reset counters");
  await until("counters at zero", async () => (await stage.answers()).ok === 0);
  await evenly(stage, await stage.traffic(100, 2));
});

/** All good, and each replica has its fifth. */
async function evenly(stage, sent) {
  assert.deepEqual(await stage.answers(), { ok: sent, errors: 0 });
  const shares = [...(await stage.replicas()).values()].map((one) => number(one.ok));
  assert.ok(shares.every((share) => Math.abs(share - sent / 5) < 1), `${shares}`);
}
