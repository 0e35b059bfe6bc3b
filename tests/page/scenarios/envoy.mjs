// With a real Envoy: who is out is told, and what Envoy does not tell is unknown, neither zero nor empty.

import assert from "node:assert/strict";
import { number, scenario, until } from "../stage.mjs";

scenario("envoy", {}, async (stage) => {
  await stage.live("Live.");
  await until("five healthy replicas", async () => {
    const replicas = [...(await stage.replicas()).values()];
    return replicas.length === 5 && replicas.every((one) => one.state === "healthy");
  });
  await stage.click("Fault one replica");
  const { host: sick } = await stage.replicaThat("a faulty replica", (one) => one.kind !== "none");
  await stage.traffic(100, 2);
  const out = await stage.replicaThat("an ejected replica", (one) => one.state === "ejected");
  assert.equal(out.host, sick);
  assert.equal(number(out.errors), 5);
  for (const one of (await stage.replicas()).values()) {
    assert.match(one.streak, /unknown|\?|—/, "Envoy tells no errors in a row");
    assert.equal(one.inARow, null);
  }
  assert.doesNotMatch(out.countdown, /\d/, "Envoy does not tell when it returns");
  await stage.replica(sick).locator(".uid").click();
  const detail = stage.page.getByRole("complementary", { name: "Selected replica" });
  await detail.waitFor();
  const facts = await detail.innerText();
  for (const fact of ["Out since", "Back", "In a row"]) assert.match(facts, new RegExp(`${fact}\\s+unknown`), facts);
  await stage.shot("out");
  await stage.click("Recover all");
  await stage.replicaThat("back", (one) => one.host === sick && one.state === "healthy" && one.kind === "none");
});
