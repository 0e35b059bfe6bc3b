// The buttons, and next to them what came of the last one, and the line for a shell that does the same.

import { color, control, locked } from "./call.js";
import * as curl from "./curl.js";
import { byId, write } from "./dom.js";
import { Load, achieved } from "./load.js";

const SLOW_MS = 200;

export function controls({ dialog, base }) {
  const shell = document.querySelector("[data-curl]");
  const load = new Load(() => report());
  let line = "";

  function show(text) {
    line = text;
    write(shell, text);
  }

  function say({ status, text, host }) {
    write(byId("answer"), `${status ?? ""} ${text}${host ? `\nHostUID: ${host}` : ""}`.trim());
  }

  // Calls a control, shows what it answered, and returns it.
  async function call(path) {
    show(curl.call(path, { locked }));
    const reply = await control(path, dialog);
    say(reply);
    show(curl.call(path, { locked }));
    return reply;
  }

  const number = (id) => {
    const input = byId(id);
    const value = Number.isFinite(input.valueAsNumber) ? input.valueAsNumber : Number(input.defaultValue);
    return Math.min(Math.max(Math.round(value), Number(input.min)), Number(input.max));
  };
  // A replica that is slow by nothing is not slow.
  const delay = () => number("delay") || (byId("kind").value === "delay" ? SLOW_MS : 0);
  // A field says what is sent, whatever was written there.
  for (const input of document.querySelectorAll("input[type=number]")) {
    input.addEventListener("change", () => (input.value = number(input.id)));
  }
  byId("options").addEventListener("change", () => (byId("delay").value = delay()));
  const asked = () => ({ rate: number("requests"), seconds: number("seconds") });
  const options = (host) => ({
    kind: byId("kind").value,
    status: number("status"),
    percent: number("percent"),
    delay: delay(),
    seconds: number("for"),
    host,
  });

  const start = (wanted) => {
    show(curl.traffic(wanted));
    load.start(wanted);
  };
  const get = async () => say(await color());
  const fault = (host) => call(curl.faultPath(options(host)));
  const recover = (host) => call(curl.recoverPath(host));

  // Each button: what it does, and the line that does the same.
  const buttons = {
    send: [() => start(asked()), () => curl.traffic(asked())],
    get: [get, curl.get],
    fault: [() => fault(), () => curl.call(curl.faultPath(options()), { locked })],
    recover: [() => recover(), () => curl.call(curl.recoverPath(), { locked })],
    reset: [() => call("reset_stats"), () => curl.call("reset_stats", { locked })],
  };
  for (const [id, [act, words]] of Object.entries(buttons)) {
    const button = byId(id);
    button.addEventListener("click", (event) => {
      event.preventDefault();
      show(words());
      act();
    });
    for (const name of ["pointerenter", "focus"]) button.addEventListener(name, () => show(words()));
  }
  byId("stop").addEventListener("click", () => load.stop());
  byId("options").addEventListener("input", () => {
    byId("status").disabled = byId("kind").value !== "status";
    show(buttons.fault[1]());
  });
  byId("copy").addEventListener("click", async () => {
    write(byId("copy"), await copied(`GW_ENDPOINT=${base}\n${line}\n`) ? "Copied" : "Not allowed");
    setTimeout(() => write(byId("copy"), "Copy"), 1500);
  });

  function report() {
    byId("stop").disabled = !load.running;
    const { report } = load;
    if (!report) return;
    const codes = Object.entries(report.codes).map(([code, count]) => `${code}: ${count}`);
    const reached = achieved(report, performance.now());
    const short = reached !== null && reached < 0.95 * report.rate;
    const rate = short ? `only ${reached.toFixed(0)} of ${report.rate}/s reached` : `${report.rate}/s`;
    write(byId("came-back"), [`${load.running ? "Sending" : "Sent"} ${report.sent} of ${report.asked}`, rate, ...codes].join(" · "));
  }

  setInterval(() => {
    if (load.running) report();
  }, 250);
  show(buttons.fault[1]());

  return { call, fault, recover, start, stop: () => load.stop(), load };
}

// Clipboards are for secure contexts; a plain http address gets the old way.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
