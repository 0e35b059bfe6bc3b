// Fifty replicas: each has its box in full view, none covers another, and each can be read.

import assert from "node:assert/strict";
import { PROJECTOR, scenario, until } from "../stage.mjs";

/** The smallest letters that are read from the last row, in pixels of 720. */
const SMALLEST = 10;

scenario("fifty", {}, async (stage) => {
  await stage.live("Live.");
  await until("fifty healthy replicas", async () => {
    const replicas = [...(await stage.replicas()).values()];
    return replicas.length === 50 && replicas.every((one) => one.state === "healthy");
  });
  await stage.click("Fault one replica");
  const { host: sick } = await stage.replicaThat("a faulty replica", (one) => one.kind !== "none");
  await stage.traffic(200, 3);
  await stage.replicaThat("an ejected replica", (one) => one.host === sick && one.state === "ejected");
  await stage.shot("one is out");
  await stage.whole("Request path");
  const boxes = await stage.list().locator("[data-host]").evaluateAll((items) => items.map((item) => {
    const { left, top, right, bottom } = item.getBoundingClientRect();
    const uid = item.querySelector(".uid");
    return { left, top, right, bottom, uid: uid.textContent.trim(), size: parseFloat(getComputedStyle(uid).fontSize) };
  }));
  for (const [index, one] of boxes.entries()) {
    assert.ok(one.left >= 0 && one.top >= 0 && one.right <= PROJECTOR.width && one.bottom <= PROJECTOR.height, JSON.stringify(one));
    assert.ok(one.uid.length >= 4 && one.size >= SMALLEST, JSON.stringify(one));
    for (const other of boxes.slice(index + 1)) {
      const apart = one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top;
      assert.ok(apart, `${JSON.stringify(one)} and ${JSON.stringify(other)} overlap`);
    }
  }
});
