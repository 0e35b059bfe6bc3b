// The connection drops for a while. What happened meanwhile is right afterwards.

import assert from "node:assert/strict";
import { createServer, connect } from "node:net";
import { GATEWAY, agree, hosts, number, scenario } from "../stage.mjs";

/** A wire between browser and gateway that can be cut. */
class Wire {
  #ends = new Set();
  #cut = false;

  async listen() {
    const { hostname, port } = new URL(GATEWAY);
    const server = createServer((near) => {
      if (this.#cut) return near.resetAndDestroy();
      const far = connect(Number(port), hostname);
      for (const [from, to] of [[near, far], [far, near]]) {
        this.#ends.add(from);
        from.on("error", () => to.destroy());
        from.on("close", () => { this.#ends.delete(from); to.destroy(); });
        from.pipe(to);
      }
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    return `http://127.0.0.1:${server.address().port}`;
  }

  cut() {
    this.#cut = true;
    for (const end of this.#ends) end.destroy();
  }

  mend() {
    this.#cut = false;
  }
}

const wire = new Wire();
const url = await wire.listen();

scenario("reconnect", { url, told: [/net::ERR_/] }, async (stage) => {
  await stage.live("Live.");
  await stage.traffic(50, 1);
  wire.cut();
  await stage.live("Reconnecting.");
  await stage.shot("cut");

  for (let sent = 0; sent < 30; sent += 1) await (await fetch(`${GATEWAY}/color/get`)).text();
  const [, sick] = /`(.*)`/.exec(await (await fetch(`${GATEWAY}/fault`)).text());
  assert.equal((await stage.replica(sick).getAttribute("data-fault")), "none", "nobody can have told the page");

  wire.mend();
  await stage.live("Live.");
  await stage.replicaThat("the fault of meanwhile", (one) => one.host === sick && one.kind !== "none");
  const said = async () => [...(await stage.replicas()).values()]
    .map((one) => `${one.host} ${number(one.ok)} ${number(one.errors)}`).sort();
  const counted = async () => [...(await hosts()).values()]
    .map(({ uid, counter }) => `${uid} ${counter.StatusOk} ${counter.StatusError}`).sort();
  await agree("counters after the gap", said, counted);
  assert.deepEqual(await stage.answers(), { ok: 80, errors: 0 });

  // And digests are counted once, not twice, from here on.
  await stage.traffic(50, 1);
  await agree("counters after more traffic", said, counted);
  const { ok, errors } = await stage.answers();
  assert.equal(ok + errors, 130);
});
