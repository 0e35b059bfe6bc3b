// Controls that are locked: the page asks for the token when it is needed, again when it is wrong, and then no more.

import assert from "node:assert/strict";
import { scenario, until } from "../stage.mjs";

const TOKEN = "0123456789abcdef";

scenario("locked", { told: [/status of 401/] }, async (stage) => {
  const dialog = stage.page.getByRole("dialog", { name: "Control token" });
  const field = dialog.getByLabel("Token", { exact: true });
  const unlock = dialog.getByRole("button", { name: "Unlock" });
  const healthy = async () => [...(await stage.replicas()).values()].filter((one) => one.kind === "none").length;
  await stage.live("Live.");
  await until("five replicas", async () => (await healthy()) === 5);

  await stage.click("Get a color");
  await stage.page.locator("output#answer").filter({ hasText: "purple" }).waitFor();
  assert.equal(await dialog.isVisible(), false, "nothing is asked for what is not locked");

  await stage.click("Fault one replica");
  await dialog.waitFor();
  assert.equal(await field.getAttribute("type"), "password");
  await stage.shot("asked");
  await field.fill("another-token-of-the-kind");
  await unlock.click();
  await until("asked again", async () => (await dialog.isVisible()) && (await field.inputValue()) === "");
  await stage.shot("asked again");
  assert.equal(await healthy(), 5, "a wrong token opens nothing");

  await field.fill(TOKEN);
  await unlock.click();
  await until("the fault", async () => (await healthy()) === 4);
  await dialog.waitFor({ state: "hidden" });

  for (const [control, faulty] of [["Fault one replica", 2], ["Recover all", 0]]) {
    await stage.click(control);
    await until(control, async () => (await healthy()) === 5 - faulty);
    assert.equal(await dialog.isVisible(), false, "asked once");
  }
  for (const url of [...stage.urls, stage.page.url()]) assert.ok(!url.includes(TOKEN), url);
  const text = await stage.page.evaluate(() => document.documentElement.outerHTML + document.cookie);
  assert.ok(!text.includes(TOKEN), "the token is not written down on the page");
});
