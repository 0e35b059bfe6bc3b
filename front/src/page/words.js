// What there is to say of a replica, and of all of them together.

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

// Until the earliest return; nothing where there is none, or nobody knows.
export function countdownWords({ state, until }, now) {
  if (state !== "ejected" || until === null) return "";
  const left = until - now;
  return left <= 0 ? "due" : `${Math.ceil(left / 1000)} s`;
}

export function ejectionWords({ state, ejections, since }) {
  if (state !== "ejected") return "";
  const which = ejections ? `${ordinal(ejections)} time out` : "out";
  return since === null ? `${which}; since when is unknown` : `${which}, since ${hour(since)}`;
}

// Who is out, in one sentence. It changes when something happens, never with time alone.
export function headline({ replicas, panic }) {
  if (!replicas) return { mood: "unknown", text: "Waiting for the first news." };
  if (!replicas.length) return { mood: "unknown", text: "No replica has been seen yet. Send traffic to see them." };
  const all = replicas.length;
  const out = replicas.filter(({ state }) => state === "ejected");
  const ill = replicas.filter(({ fault, state }) => fault && state !== "ejected");
  const names = (some) => (some.length > 3 ? plural(some.length, "replica") : some.map(({ short }) => short).join(", "));
  if (panic) {
    return { mood: "panic", text: `Panic: ${out.length} of ${all} are out, too many. So everyone gets traffic.` };
  }
  if (out.length) {
    const are = `${names(out)} ${out.length > 1 ? "are" : "is"} out.`;
    if (ill.length) return { mood: "out", text: `${are} ${names(ill)} ${ill.length > 1 ? "are" : "is"} ill, and still in.` };
    // For a moment the balancers may not have heard of it.
    if (out.some(({ inRotation }) => inRotation === true)) return { mood: "out", text: are };
    return { mood: "out", text: `${are} The client gets no errors from there.` };
  }
  if (ill.length) {
    const refused = ill.some((replica) => replica.refused !== null);
    const is = `${names(ill)} ${ill.length > 1 ? "are" : "is"} ill`;
    return { mood: "ill", text: refused ? `${is}, and stays: an ejection was refused.` : `${is}, and still gets requests.` };
  }
  if (replicas.every(({ state }) => state === "unknown")) {
    return { mood: "unknown", text: `${plural(all, "replica")}. The mesh does not tell who is out.` };
  }
  return { mood: "well", text: all === 1 ? "The one replica is in service." : `All ${all} replicas are in service.` };
}

// Why, and until when: `[words, countdown, words]` of whoever is back next, for the line below the headline.
export function untilWords({ replicas = [], panic, policy }, now) {
  if (panic && policy) return [`Fewer than ${policy.healthy_panic_threshold} % are healthy.`, "", ""];
  const out = replicas.filter(({ state }) => state === "ejected");
  const known = out.filter(({ until }) => until !== null);
  if (!known.length) return [out.length ? "The mesh does not tell why, and until when." : "", "", ""];
  const next = known.reduce((a, b) => (b.until < a.until ? b : a));
  const why = next.reason?.split(";")[0];
  const who = out.length > 1 ? `${next.short} is back in` : "Back in";
  return [why ? `${why[0].toUpperCase()}${why.slice(1)}. ${who}` : who, countdownWords(next, now), "at the earliest."];
}

const MARKS = {
  fault: { letter: "F", word: "Fault" },
  ejection: { letter: "E", word: "Ejection" },
  return: { letter: "B", word: "Back" },
  recover: { letter: "R", word: "Recovered" },
};

// A mark's letter on the timeline, and its word in the list.
export const markWords = (kind) => MARKS[kind] ?? { letter: "?", word: String(kind) };
