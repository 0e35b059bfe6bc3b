// The walkthrough for the stage. Each step is a world that is brought about when it is entered, from either side, so going
// on, going back and loading the page again are all the same thing.

import { byId, write } from "./dom.js";
import { STEPS } from "./steps.js";
import { session } from "./storage.js";

const KEY = "guide";
const TRAFFIC = { rate: 50, seconds: 3600 };

// Long enough for a talk; after that a replica that somebody forgot is well by itself.
const ILL_SECONDS = 1800;

const HOST = /host: `([^`]+)`/;

export function guide({ controls, onPick, onToggle }) {
  // The step that is shown, or `null`; and the uid of whom the guide has made ill.
  let { step = null, victim = null } = parse(session.get(KEY));
  let busy = false;

  const save = () => (step === null ? session.remove(KEY) : session.set(KEY, JSON.stringify({ step, victim })));

  async function enter(next) {
    if (busy || !STEPS[next]) return;
    busy = true;
    step = next;
    save();
    show();
    try {
      await bring(STEPS[step].world);
    } finally {
      busy = false;
      show();
    }
  }

  async function bring({ traffic, ill }) {
    if (traffic && !controls.load.running) controls.start(TRAFFIC);
    if (!traffic) controls.stop();
    if (ill && !sick) {
      if (victim === null) await controls.call("reset_stats");
      const { text = "" } = await controls.call(victim ? `fault?host=${encodeURIComponent(victim)}&for=${ILL_SECONDS}s` : `fault?for=${ILL_SECONDS}s`);
      victim = HOST.exec(text)?.[1] ?? victim;
      sick = true;
      onPick(victim);
    }
    if (!ill && sick) await heal();
    save();
  }

  async function heal() {
    if (victim !== null) await controls.recover(victim);
    sick = false;
  }

  async function end() {
    step = null;
    show();
    controls.stop();
    if (sick) await heal();
    victim = null;
    save();
  }

  // Whether the victim is ill by the guide's doing.
  let sick = victim !== null && Boolean(STEPS[step]?.world.ill);

  function show() {
    byId("guide").hidden = step === null;
    document.body.dataset.guided = String(step !== null);
    byId("open-guide").setAttribute("aria-expanded", String(step !== null));
    onToggle(step !== null);
    if (step === null) return;
    const { title, text } = STEPS[step];
    write(byId("guide-step"), `${step + 1} of ${STEPS.length} · ${title}`);
    write(byId("guide-text"), text);
    byId("guide-back").disabled = step === 0;
    byId("guide-next").disabled = step === STEPS.length - 1;
  }

  byId("open-guide").addEventListener("click", () => (step === null ? enter(0) : end()));
  byId("guide-next").addEventListener("click", () => enter(step + 1));
  byId("guide-back").addEventListener("click", () => enter(step - 1));
  byId("guide-end").addEventListener("click", end);
  document.addEventListener("keydown", (event) => {
    if (step === null || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.("input, select, textarea, dialog")) return;
    const key = { ArrowRight: step + 1, PageDown: step + 1, ArrowLeft: step - 1, PageUp: step - 1 }[event.key];
    if (event.key === "Escape") end();
    else if (key !== undefined) enter(key);
    else return;
    event.preventDefault();
  });
  if (STEPS[step]) enter(step);
  else step = null;
  show();

  // Says what there is to see right now.
  return function tell(state, at) {
    if (step === null || !state.replicas) return;
    const replica = state.replicas.find(({ uid }) => uid === victim);
    write(byId("guide-now"), STEPS[step].now(state, replica, at));
  };
}

function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
