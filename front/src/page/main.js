// Puts the parts together: the stream changes the state, and the state is drawn.

import { chart, lookOf } from "./chart.js";
import { ServerClock } from "./clock.js";
import { controls } from "./controls.js";
import { detail } from "./detail.js";
import { byId, children, mark, write } from "./dom.js";
import { guide } from "./guide.js";
import { markList } from "./marks.js";
import { densityOf, replicaList } from "./replicas.js";
import { sky } from "./sky.js";
import { State } from "./state.js";
import { watch } from "./stream.js";
import { theme } from "./theme.js";
import { duration, headline, perSecond } from "./words.js";

const state = new State();
const clock = new ServerClock();
const base = new URL(".", location.href).href.replace(/\/$/, "");
const desk = controls({ dialog: byId("token"), base });
const picture = sky(byId("sky"), byId("replicas"));
const bars = chart(byId("chart"));
const showMarks = markList(byId("marks"));
const flip = ({ uid, fault }) => (fault ? desk.recover(uid) : desk.fault(uid));
const showDetail = detail(byId("detail"), { onSwitch: flip, onClose: () => pick(null) });
const showReplicas = replicaList(byId("replicas"), { onPick: ({ key }) => pick(key), onSwitch: flip });
const tell = guide({ controls: desk, onPick: pick, onToggle: () => picture.changed() });
let selected = null;
let shape = "";
let due = 0;

function pick(key) {
  selected = key === selected ? null : key;
  later();
}

// At most once per frame, whatever has come.
function later() {
  due ||= requestAnimationFrame(() => {
    due = 0;
    draw();
  });
}

function draw() {
  const now = clock.now();
  const { replicas = [] } = state;
  showReplicas(replicas, { now, selected });
  showDetail(replicas.find(({ key }) => key === selected), { now, withSwitch: densityOf(replicas.length) !== "rows" });
  const { mood, text } = headline(state);
  mark(byId("path"), "mood", mood);
  write(byId("headline"), text);
  stages();
  showMarks(state.marks);
  bars.draw(state, now);
  figures(now);
  tell(state, now);
  const before = shape;
  shape = [...byId("replicas").children].map(({ dataset }) => dataset.key + dataset.flow).join();
  if (shape !== before) picture.changed();
}

function stages() {
  const { policy, panic } = state;
  const rule = policy && `${policy.consecutive_5xx} errors in a row: out for ${duration(policy.base_ejection_time_ms)} and up to the next sweep, one every ${duration(policy.interval_ms)}; at most ${policy.max_ejection_percent} % of them.`;
  write(byId("policy"), rule ?? "");
  write(byId("sidecar-says"), panic ? "panic: everyone gets traffic" : "detects outliers");
  mark(byId("stage-sidecar"), "panic", String(panic));
  write(byId("client-says"), perSecond(state.rate));
}

function figures(now) {
  write(byId("rate"), perSecond(state.rate));
  for (const name of ["p50", "p99"]) write(byId(name), state.latency ? duration1(state.latency[name]) : "–");
  children(byId("codes"), state.timeline.totals(now), {
    keyOf: ([status]) => status,
    make: () => document.createElement("li"),
    fill: (item, [status, count]) => {
      mark(item, "look", lookOf(status).color);
      write(item, `${status}: ${count}`);
    },
  });
  const { ok, bad } = picture.weights;
  const kinds = [["request", "a request"], ["ok", ok > 1 ? `${ok} answers` : "an answer"], ["error", bad > 1 ? `${bad} errors` : "an error"]];
  children(byId("legend"), kinds, {
    keyOf: ([kind]) => kind,
    make: () => document.createElement("li"),
    fill: (item, [kind, words]) => {
      mark(item, "look", kind);
      write(item, words);
    },
  });
}

const duration1 = (ms) => (Number.isFinite(ms) ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : "–");

watch({
  onEvent(name, data) {
    clock.heard(data.at);
    state.apply(name, data);
    if (name === "digest") picture.answered(data);
    later();
  },
  onLink(live, why) {
    write(byId("live"), live ? "Live." : "Reconnecting.");
    write(byId("why"), why);
    mark(document.body, "stale", String(!live));
  },
});
theme(byId("theme"), () => {
  bars.recolor();
  picture.changed();
  later();
});
// Countdowns go on between two events.
setInterval(() => {
  if (!document.hidden && state.replicas?.some(({ until }) => until !== null)) later();
}, 250);
