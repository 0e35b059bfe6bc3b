// The walkthrough for the stage. Each step is a world that is brought about when it is entered, from either side, so going
// on, going back and loading the page again are all the same thing.

import { byId, mark, write } from "./dom.js";
import { STEPS } from "./steps.js";
import { session } from "./storage.js";

const KEY = "guide";
const TRAFFIC = { rate: 50, seconds: 3600 };

// Long enough for a talk. After that, a replica that was left behind with the tab is well by itself.
const ILL_FOR = "for=1800s";

const HOST = /host: `([^`]+)`/;

// `onPick(uid)` opens a replica's detail, or none.
export function guide({ controls, onPick }) {
  // The step that is shown, or `null`; the uid of whom the guide has made ill, and whether it still is.
  let { step = null, victim = null, ill = false } = kept();
  // Why the world is not what the step wants; empty when it is.
  let problem = "";
  let latest = null;
  // One change at a time, in order.
  let queue = Promise.resolve();

  const save = () => (step === null ? session.remove(KEY) : session.set(KEY, JSON.stringify({ step, victim, ill })));

  // Whoever presses twice gets there in one go.
  function enter(next) {
    if (!STEPS[next]) return;
    step = next;
    save();
    show();
    later(() => step !== null && bring(STEPS[step].world));
  }

  function later(work) {
    queue = queue.then(work).then(save);
  }

  async function bring(world) {
    problem = "";
    onPick(world.look ? victim : null);
    if (world.traffic && !controls.load.running) controls.start(TRAFFIC);
    if (!world.traffic) controls.stop();
    if (!world.ill && ill) await heal();
    // Others may have made replicas ill before.
    if (world.fresh && victim === null) await controls.recover();
    if (world.ill && !ill) await sicken();
  }

  async function sicken() {
    // Whoever is ill is so by this guide, if it was loaded again before it heard of that.
    victim ??= latest?.state.replicas?.find(({ fault }) => fault)?.uid ?? null;
    if (victim === null && !succeeded(await controls.call("reset_stats"))) return;
    const host = victim === null ? "" : `host=${encodeURIComponent(victim)}&`;
    const reply = await controls.call(`fault?${host}${ILL_FOR}`);
    if (reply.status === 404 && victim !== null) {
      // It is gone, and another one takes its part.
      victim = null;
      return sicken();
    }
    ill = succeeded(reply);
    victim = HOST.exec(reply.text)?.[1] ?? victim;
  }

  async function heal() {
    const reply = await controls.recover(victim);
    // A replica that is gone is nobody's any more.
    ill = reply.status !== 404 && !succeeded(reply);
    if (reply.status === 404) victim = null;
  }

  function succeeded({ ok, text }) {
    if (!ok) problem = text;
    return ok;
  }

  function end() {
    step = null;
    show();
    later(async () => {
      if (step !== null) return;
      controls.stop();
      onPick(null);
      if (ill) await heal();
      victim = null;
    });
  }

  function show() {
    byId("guide").hidden = step === null;
    document.body.dataset.guided = String(step !== null);
    byId("open-guide").setAttribute("aria-expanded", String(step !== null));
    if (step === null) return;
    const { title, text, now } = STEPS[step];
    write(byId("guide-step"), `${step + 1} of ${STEPS.length} · ${title}`);
    byId("guide-back").disabled = step === 0;
    byId("guide-next").disabled = step === STEPS.length - 1;
    if (!latest?.state.replicas) return;
    const { state, at } = latest;
    const one = state.replicas.find(({ uid }) => uid === victim);
    write(byId("guide-text"), text(state, one).replace(/(\d) (?=s\b|min\b)/g, "$1\u00a0"));
    mark(byId("guide-now"), "problem", String(problem !== ""));
    write(byId("guide-now"), problem || (now(state, one, at) ?? ""));
  }

  byId("open-guide").addEventListener("click", () => {
    if (step !== null) return end();
    enter(0);
    // On a phone it is far below.
    byId("guide").scrollIntoView({ block: "nearest" });
  });
  byId("guide-next").addEventListener("click", () => enter(step + 1));
  byId("guide-back").addEventListener("click", () => enter(step - 1));
  byId("guide-end").addEventListener("click", end);
  document.addEventListener("keydown", (event) => {
    if (step === null || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.("input, select, dialog") || event.repeat) return;
    const steps = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };
    if (event.key === "Escape") end();
    else if (event.key in steps) enter(step + steps[event.key]);
    else return;
    event.preventDefault();
  });
  if (STEPS[step]) enter(step);
  else step = null;
  show();

  // Says what there is to see right now.
  return function tell(state, at) {
    latest = { state, at };
    show();
  };
}

function kept() {
  try {
    return JSON.parse(session.get(KEY)) ?? {};
  } catch {
    return {};
  }
}
