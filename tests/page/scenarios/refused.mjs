// With a limit of 50 %, the third of five stays in: the page says why it was not ejected.

import assert from "node:assert/strict";
import { ADMIN, json, scenario, until } from "../stage.mjs";

scenario("refused", {}, async (stage) => {
  await stage.live("Live.");
  await until("five replicas", async () => (await stage.replicas()).size === 5);
  for (let sick = 1; sick <= 3; sick += 1) {
    await stage.click("Fault one replica");
    await until(`${sick} faulty`, async () => [...(await stage.replicas()).values()].filter((one) => one.kind !== "none").length === sick);
  }
  await stage.traffic(100, 1);
  const { host, reason } = await stage.replicaThat("the one that stays", (one) => one.reason.includes("refused") || one.reason.includes("not ejected"));
  await stage.shot("refused");
  const { clusters } = await json(`${ADMIN}/outliers`);
  const refused = clusters.flatMap((cluster) => cluster.hosts).filter((one) => one.refused !== null);
  assert.equal(refused.length, 1);
  const { why } = refused[0].refused;
  assert.match(why, /3 of 5 .*limit of 50 %/);
  assert.ok(reason.includes(why), `${reason}, and not ${why}`);
  const { state, kind } = (await stage.replicas()).get(host);
  assert.deepEqual([state, kind], ["healthy", "status"]);
});
