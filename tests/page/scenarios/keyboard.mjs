// Everything by keyboard: each control can be reached with Tab, shows that it has the focus, and acts on Enter.

import assert from "node:assert/strict";
import { scenario, until } from "../stage.mjs";

/** The accessible name, or what comes closest to it, of what has the focus. */
const focused = (page) => page.evaluate(() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const label = element.ariaLabel ?? element.labels?.[0]?.textContent ?? element.textContent;
  return { name: label.trim(), visible: style.outlineStyle !== "none" || style.boxShadow !== "none" };
});

scenario("keyboard", {}, async (stage) => {
  const { page } = stage;
  await stage.live("Live.");
  await until("five replicas", async () => (await stage.replicas()).size === 5);
  /** Tabs until the focus is on this. */
  const tabTo = async (name) => {
    for (let tabs = 0; tabs < 100; tabs += 1) {
      await page.keyboard.press("Tab");
      const now = await focused(page);
      if (now.name === name) {
        assert.ok(now.visible, `${name} does not show that it has the focus`);
        return;
      }
    }
    assert.fail(`Tab does not lead to ${name}`);
  };

  await tabTo("Fault one replica");
  await page.keyboard.press("Enter");
  const { host: sick } = await stage.replicaThat("a faulty replica", (one) => one.kind !== "none");
  await tabTo("Requests per second");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("100");
  await tabTo("Seconds");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("1");
  await tabTo("Send traffic");
  await page.keyboard.press("Enter");
  await stage.replicaThat("an ejected replica", (one) => one.host === sick && one.state === "ejected");
  await stage.shot("out");
  await tabTo("Recover all");
  await page.keyboard.press("Space");
  await stage.replicaThat("no fault", (one) => one.host === sick && one.kind === "none");
  await stage.quiet();
  await tabTo("Reset counters");
  await page.keyboard.press("Enter");
  await until("counters at zero", async () => (await stage.answers()).ok === 0);
});
