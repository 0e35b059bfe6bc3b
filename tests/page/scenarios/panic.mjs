// Three of five are out: panic. Everyone gets traffic, and the page says so in words, at each replica and above all.

import { number, scenario, until } from "../stage.mjs";

scenario("panic", {}, async (stage) => {
  await stage.live("Live.");
  await until("five replicas", async () => (await stage.replicas()).size === 5);
  for (let sick = 1; sick <= 3; sick += 1) {
    await stage.click("Fault one replica");
    await until(`${sick} faulty`, async () => [...(await stage.replicas()).values()].filter((one) => one.kind !== "none").length === sick);
  }
  await stage.traffic(100, 1);
  const out = async () => [...(await stage.replicas()).values()].filter((one) => one.state === "ejected");
  // The balancers hear of it up to a second later.
  await until("three are out and get traffic", async () => {
    const three = await out();
    return three.length === 3 && three.every((one) => one.reason.includes("panic: everyone gets traffic"));
  });
  await stage.region("Request path").getByText(/panic.*everyone gets traffic/i).first().waitFor();
  await stage.shot("panic");
  const before = (await out()).map((one) => number(one.errors));
  await stage.traffic(50, 1);
  await until("also those that are out get traffic", async () => (await stage.replicas()).size === 5
    && (await out()).every((one, index) => number(one.errors) > before[index]));
});
