// What the page says of each replica is what /hosts and the mesh's admin interface say.

import assert from "node:assert/strict";
import { ADMIN, agree, hosts, json, number, scenario, until } from "../stage.mjs";

/** Per replica what the servers say, in the words of the page's attributes. */
async function expected() {
  const { clusters } = await json(`${ADMIN}/outliers`);
  const outliers = new Map(clusters.flatMap((cluster) => cluster.hosts).map((host) => [host.address, host]));
  const all = [...(await hosts()).values()].map((host) => {
    const outlier = outliers.get(host.address);
    assert.equal(host.mesh.state, outlier.state);
    return {
      host: host.uid,
      address: host.address,
      ok: host.counter.StatusOk,
      errors: host.counter.StatusError,
      faulty: host.fault !== null,
      state: outlier.state,
      inARow: outlier.consecutive_5xx,
      why: outlier.why,
      leaves: outlier.returns_in_ms !== null,
    };
  });
  return all.sort((a, b) => a.host.localeCompare(b.host));
}

async function same(stage, what) {
  const said = async () => {
    const why = new Map((await expected()).map((host) => [host.host, host.why]));
    const all = [...(await stage.replicas()).values()].map((one) => ({
      host: one.host,
      address: one.address,
      ok: number(one.ok),
      errors: number(one.errors),
      faulty: one.kind !== "none",
      state: one.state,
      inARow: one.inARow,
      why: one.reason.includes(why.get(one.host)) ? why.get(one.host) : one.reason,
      leaves: /\d/.test(one.countdown ?? ""),
    }));
    return all.sort((a, b) => a.host.localeCompare(b.host));
  };
  await agree(what, said, expected);
  await stage.shot(what);
}

scenario("numbers", {}, async (stage) => {
  await stage.live("Live.");
  await until("five replicas", async () => (await stage.replicas()).size === 5);
  await same(stage, "nothing has happened");

  // Two of five are sick, and three requests each are too few for the mesh.
  await stage.click("Fault one replica");
  await until("one is sick", async () => [...(await stage.replicas()).values()].filter((one) => one.kind !== "none").length === 1);
  await stage.click("Fault one replica");
  await until("two are sick", async () => [...(await stage.replicas()).values()].filter((one) => one.kind !== "none").length === 2);
  await stage.traffic(15, 1);
  assert.deepEqual(await stage.answers(), { ok: 9, errors: 6 });
  await same(stage, "three errors in a row of two");
  assert.deepEqual([...(await stage.replicas()).values()].map((one) => one.inARow).sort(), [0, 0, 0, 3, 3]);

  await stage.traffic(50, 1);
  await until("both are out", async () => [...(await stage.replicas()).values()].filter((one) => one.state === "ejected").length === 2);
  await same(stage, "two are out");

  await stage.click("Recover all");
  await until("both are well", async () => [...(await stage.replicas()).values()].every((one) => one.kind === "none"));
  await same(stage, "well and out");
  await until("both are back", async () => [...(await stage.replicas()).values()].every((one) => one.state === "healthy"));
  await same(stage, "back");
});
