// What there is to say of a replica, and of all of them together.

import { shortUid } from "./replica.js";

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

const ORDINALS = { one: "st", two: "nd", few: "rd", other: "th" };
const RULES = new Intl.PluralRules("en", { type: "ordinal" });
export const ordinal = (number) => `${number}${ORDINALS[RULES.select(number)]}`;

// Of milliseconds, as people say it.
export function duration(ms) {
  const seconds = Math.round(ms / 100) / 10;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (seconds < 60) return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`;
}

// An hour that the server told, in the viewer's time zone.
export const hour = (at) => new Date(at).toLocaleTimeString("en-GB");

// Answers per second.
export const perSecond = (rate) => `${rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate)}/s`;

export function faultWords({ faultKnown, fault, faultEnds }, now) {
  if (!fault) return faultKnown ? "no fault" : "fault unknown";
  const { status, percent = 100, delay_ms: delay, abort } = fault;
  const late = delay ? duration(delay) : "";
  const words = [abort ? "hangs up" : late && status < 500 ? `slow: ${late}` : `answers ${status ?? "an error"}`];
  if (late && (abort || status >= 500)) words.push(`after ${late}`);
  if (percent < 100) words.push(`to ${percent} %`);
  if (faultEnds !== null) words.push(`for ${remaining(faultEnds - now)}`);
  return words.join(" ");
}

// To the minute while it is long.
function remaining(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return seconds > 90 ? `${Math.ceil(seconds / 60)} min` : `${seconds} s`;
}

export function streakWords({ streak, threshold }) {
  if (streak === null) return "unknown";
  return threshold === null ? `${streak}` : `${streak}/${threshold}`;
}

// Until the earliest return: seconds, or `SOON` when they are over; nothing where there is none, or nobody knows.
export const SOON = "any moment";
export function countdownWords({ state, until }, now) {
  if (state !== "ejected" || until === null) return "";
  const left = until - now;
  return left <= 0 ? SOON : `${Math.ceil(left / 1000)} s`;
}

export function ejectionWords({ state, ejections, since }) {
  if (state !== "ejected") return "";
  const which = ejections ? `${ordinal(ejections)} time out` : "out";
  return since === null ? `${which}; since when is unknown` : `${which}, since ${hour(since)}`;
}

const names = (some) => (some.length > 3 ? plural(some.length, "replica") : some.map(({ short }) => short).join(", "));
const verb = (some, one, many) => (some.length > 1 ? many : one);

// Who is out, in one sentence. It changes when something happens, never with time alone, and claims nothing that neither
// the mesh tells nor the answers show.
export function headline({ replicas, panic, rate }) {
  if (!replicas) return { mood: "unknown", text: "Waiting for the first news." };
  if (!replicas.length) return { mood: "unknown", text: "No replica has been seen yet. Send traffic to see them." };
  const all = replicas.length;
  const out = replicas.filter(({ state }) => state === "ejected");
  const ill = replicas.filter(({ fault, state }) => fault && state !== "ejected");
  const silent = replicas.filter(({ silent, state }) => silent && state !== "ejected");
  if (panic) {
    return { mood: "panic", text: `Panic: ${out.length} of ${all} are out, too many. So everyone gets traffic.` };
  }
  if (out.length) return { mood: "out", text: outWords(out, ill) };
  if (ill.length) return { mood: "ill", text: illWords(ill, rate) };
  if (silent.length) {
    return { mood: "ill", text: `${silent.length} of ${all} replicas ${verb(silent, "does", "do")} not answer.` };
  }
  if (replicas.every(({ state }) => state === "unknown")) {
    return { mood: "unknown", text: `${plural(all, "replica")}. The mesh does not tell who is out.` };
  }
  return { mood: "well", text: all === 1 ? "The one replica is in service." : `All ${all} replicas are in service.` };
}

function outWords(out, ill) {
  const are = `${names(out)} ${verb(out, "is", "are")} out`;
  if (ill.length) return `${are}. ${names(ill)} ${verb(ill, "is", "are")} ill, and still in.`;
  // For a moment the balancers may not have heard of it, and a mesh that tells no panic may be in one.
  return out.every((replica) => flow(replica) === "cut") ? `${are}. The client gets no errors from there.` : `${are}.`;
}

function illWords(ill, rate) {
  const are = `${names(ill)} ${verb(ill, "is", "are")} ill`;
  if (ill.some(({ refused }) => refused !== null)) return `${are}, and ${verb(ill, "stays", "stay")}: an ejection was refused.`;
  if (rate === 0) return `${are}. Without requests nobody notices.`;
  if (ill.some(({ rate }) => rate > 0)) return `${are}, and still ${verb(ill, "gets", "get")} requests.`;
  return ill.some(({ state }) => state === "unknown") ? `${are}. The mesh does not tell whether ${verb(ill, "it is", "they are")} out.` : `${are}.`;
}

// Whether requests go there: `open`, `cut`, or `leak` to one that is out, as in panic and while the balancers do not know
// yet. Where the mesh does not tell, its answers do.
export function flow({ state, inRotation, rate }) {
  if (state !== "ejected") return "open";
  return inRotation ?? rate > 0 ? "leak" : "cut";
}

// As long as a room needs to look there.
const EJECTING_MS = 4000;

// What the sidecar does right now, and whether that is worth a look.
export function sidecarWords({ replicas = [], panic, marks }, now) {
  if (panic) return { busy: "panic", text: "panic: everyone gets traffic" };
  const last = marks.findLast(({ kind }) => kind === "ejection");
  if (last && now - last.at < EJECTING_MS) return { busy: "ejects", text: `ejects ${shortUid(last.host ?? "")}` };
  const worst = Math.max(0, ...replicas.map(({ state, streak }) => (state === "ejected" ? 0 : streak ?? 0)));
  const threshold = replicas.find((replica) => replica.threshold !== null)?.threshold;
  if (worst > 0) return { busy: "counts", text: `counts ${threshold ? `${worst} of ${threshold}` : worst} in a row` };
  return { busy: "", text: "notices who fails" };
}

// Why, and until when: `[words, countdown, words]` of whoever is back next, for the line below the headline.
export function untilWords({ replicas = [], panic, policy }, now) {
  if (panic && policy) return [`Fewer than ${policy.healthy_panic_threshold} % are healthy.`, "", ""];
  const out = replicas.filter(({ state }) => state === "ejected");
  const known = out.filter(({ until }) => until !== null);
  if (!known.length) return [out.length ? "The mesh does not tell why, and until when." : "", "", ""];
  const next = known.reduce((a, b) => (b.until < a.until ? b : a));
  const why = next.reason?.split(";")[0];
  const left = countdownWords(next, now);
  const soon = left === SOON;
  const who = `${out.length > 1 ? `${next.short} is back` : "Back"}${soon ? "" : " in"}`;
  return [why ? `${why[0].toUpperCase()}${why.slice(1)}. ${who}` : who, left, soon ? "" : "at the earliest."];
}

const MARKS = {
  fault: { letter: "F", word: "Fault" },
  ejection: { letter: "E", word: "Ejection" },
  return: { letter: "B", word: "Back" },
  recover: { letter: "R", word: "Recovered" },
};

// A mark's letter on the timeline, and its word in the list.
export const markWords = (kind) => MARKS[kind] ?? { letter: "?", word: String(kind) };
