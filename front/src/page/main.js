// Puts the parts together: the stream changes the state, and the state is drawn.

import { chart, lookOf } from "./chart.js";
import { ServerClock } from "./clock.js";
import { controls } from "./controls.js";
import { detail } from "./detail.js";
import { byId, children, mark, write } from "./dom.js";
import { fullscreen } from "./fullscreen.js";
import { guide } from "./guide.js";
import { markList } from "./marks.js";
import { densityOf, replicaList } from "./replicas.js";
import { sky } from "./sky.js";
import { State } from "./state.js";
import { watch } from "./stream.js";
import { theme } from "./theme.js";
import { duration, headline, perSecond, sidecarWords, untilWords } from "./words.js";

const state = new State();
const clock = new ServerClock();
const base = new URL(".", location.href).href.replace(/\/$/, "");
const desk = controls({ dialog: byId("token"), base });
const picture = sky(byId("sky"), byId("replicas"));
const bars = chart(byId("chart"));
const showMarks = markList(byId("marks"));
const flip = ({ uid, fault }) => (fault ? desk.recover(uid) : desk.fault(uid));
const showDetail = detail(byId("detail"), { onSwitch: flip, onClose: () => pick(null) });
const showReplicas = replicaList(byId("replicas"), { onPick: ({ key }) => pick(key === selected ? null : key), onSwitch: flip });
let selected = null;
let shape = "";
let due = 0;
const tell = guide({ controls: desk, onPick: pick });

function pick(key) {
  selected = key;
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
  until(now);
  stages(now);
  showMarks(state.marks);
  bars.draw(state, now);
  figures(now);
  tell(state, now);
  follow();
}

// The picture is drawn anew when a box or a stage is somewhere else, or another way is closed.
function follow() {
  const before = shape;
  const boxes = [...byId("replicas").children].map(({ dataset }) => dataset.key + dataset.flow);
  const places = [byId("stage-sidecar"), byId("replicas")].map((element) => element.getBoundingClientRect().top);
  shape = [...boxes, ...places].join();
  if (shape !== before) picture.changed();
}

function until(now) {
  const parts = byId("until").children;
  untilWords(state, now).forEach((words, index) => write(parts[index], words));
}

function stages(now) {
  const { policy } = state;
  const rule = policy && `${policy.consecutive_5xx} errors in a row: out for ${duration(policy.base_ejection_time_ms)} and up to the next sweep, one every ${duration(policy.interval_ms)}; at most ${policy.max_ejection_percent} % of them.`;
  write(byId("policy"), rule ?? "");
  const { busy, text } = sidecarWords(state, now);
  write(byId("sidecar-says"), text);
  mark(byId("stage-sidecar"), "busy", busy);
  const { errorPercent } = state;
  write(byId("client-rate"), perSecond(state.rate));
  write(byId("client-feels"), errorPercent === null ? "no traffic" : errorPercent > 0 ? `${Math.ceil(errorPercent)} % errors` : "no errors");
  mark(byId("stage-client"), "feels", errorPercent === null ? "nothing" : errorPercent > 0 ? "errors" : "well");
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
  const kinds = [["request", ok > 1 ? `${ok} requests` : "a request"], ["ok", ok > 1 ? `${ok} answers` : "an answer"], ["error", bad > 1 ? `${bad} errors` : "an error"]];
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
fullscreen(byId("fullscreen"));
theme(byId("theme"), () => {
  bars.recolor();
  picture.changed();
  later();
});
// Countdowns go on between two events.
setInterval(() => {
  if (!document.hidden && state.replicas?.some((replica) => replica.state === "ejected")) later();
}, 250);
