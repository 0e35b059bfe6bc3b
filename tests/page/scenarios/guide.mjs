// The guided mode, from its first sentence to its last, with a page that is loaded anew in the middle.

import assert from "node:assert/strict";
import { number, scenario, until } from "../stage.mjs";

scenario("guide", {}, async (stage) => {
  await stage.live("Live.");
  await until("five replicas", async () => (await stage.replicas()).size === 5);
  await stage.click("Guide");
  const guide = stage.region("Guide");
  const next = guide.getByRole("button", { name: "Next", exact: true });
  const text = async () => (await guide.innerText()).trim();
  const steps = [];
  /** Shows the next step, once it has been shown, and takes its picture. */
  const step = async (act) => {
    const before = steps.at(-1);
    await act();
    await until("another step", async () => (await guide.isVisible()) && (await text()).split("\n")[0] !== before);
    steps.push((await text()).split("\n")[0]);
    await stage.shot(`step ${steps.length}`);
  };

  await step(async () => {});
  await step(() => next.click());
  await until("traffic", async () => (await stage.answers()).ok > 50);
  await step(() => next.click());
  const { host: sick } = await stage.replicaThat("a faulty replica", (one) => one.kind !== "none");
  const out = await stage.replicaThat("an ejected replica", (one) => one.state === "ejected");
  assert.equal(out.host, sick);
  assert.equal(number(out.errors), 5);

  await stage.page.reload();
  await stage.live("Live.");
  await guide.waitFor();
  assert.equal((await text()).split("\n")[0], steps.at(-1), "the guide is where it was");
  assert.notEqual((await stage.replicaThat("the same replica", (one) => one.host === sick)).kind, "none");

  while (await next.isEnabled()) {
    await step(() => next.click());
    assert.ok(steps.length < 20, "the guide has an end");
  }
  assert.ok(steps.length >= 5, `${steps.length} steps`);
  await until("all are well", async () => [...(await stage.replicas()).values()].every((one) => one.kind === "none"));
  await stage.replicaThat("back", (one) => one.host === sick && one.state === "healthy");
  await until("it serves again", async () => number((await stage.replicas()).get(sick).ok) > 0);

  // And back, one step: the world is that of the step before.
  await step(() => guide.getByRole("button", { name: "Back", exact: true }).click());
  await guide.getByRole("button", { name: "End", exact: true }).click();
  await guide.waitFor({ state: "hidden" });
  await until("nothing is sent any more", () => stage.button("Stop traffic").isDisabled());
  assert.ok([...(await stage.replicas()).values()].every((one) => one.kind === "none"), "the guide leaves nobody ill");
});
