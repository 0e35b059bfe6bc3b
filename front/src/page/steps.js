// The walkthrough, step by step: a sentence for the stage, the world that the step wants (traffic, a replica ill or not,
// its detail open or not), and what there is to see of it right now. A sentence says what is so, also on a mesh that
// refuses, or does not tell.

import { SOON, countdownWords, duration, hour, plural } from "./words.js";

const NOTICED = {
  ejected: "The sidecar has noticed by itself, and sends it nothing more. The client has seen a few errors, and sees nothing but 200 now.",
  healthy: "The sidecar counts errors in a row, and has not seen enough of them yet.",
  unknown: "Once the mesh has noticed, the ill replica gets nothing more. This mesh does not tell, but the errors show it: they have an end.",
  refused: "The sidecar has noticed, and may not take it out: too many would be out at once. So the errors go on.",
};

const per = (rate) => plural(Math.round(rate), "answer");

export const STEPS = [
  {
    title: "The way of a request",
    text: () => "A client asks through a gateway for a color. front passes it on, and the sidecar beside it picks one of the replicas.",
    world: { traffic: false, ill: false },
    now: ({ replicas }) => `${plural(replicas.length, "replica")}. Next sends traffic.`,
  },
  {
    title: "All well",
    text: () => "50 requests per second, and every answer is a 200. Each replica gets its share.",
    world: { traffic: true, ill: false, fresh: true },
    now: ({ replicas, rate }) => `${per(rate)} per second, from ${plural(replicas.filter((one) => one.rate > 0).length, "replica")}.`,
  },
  {
    title: "One falls ill",
    text: ({ policy }) => `One replica is told to answer 500 to everything. ${policy ? `Watch its errors in a row: number ${policy.consecutive_5xx} is its last.` : "Watch its errors: they end when the mesh has noticed."}`,
    world: { traffic: true, ill: true },
    now: (_, victim) => victim && `${victim.short}: ${plural(victim.errors, "error")} so far.`,
  },
  {
    title: "A few errors, then only 200",
    text: (_, victim) => NOTICED[victim?.refused ? "refused" : victim?.state ?? "healthy"],
    world: { traffic: true, ill: true },
    now: (_, victim) => victim && `${victim.short}: ${plural(victim.errors, "error")}, and ${victim.state}.`,
  },
  {
    title: "Who is out, why, until when?",
    text: ({ policy }) => policy
      ? `It comes back at the first sweep, one every ${duration(policy.interval_ms)}, that finds it out for long enough: ${duration(policy.base_ejection_time_ms)} the first time, longer each time.`
      : "It comes back at the first sweep that finds it out for long enough: longer each time.",
    world: { traffic: true, ill: true, look: true },
    now: (_, victim, at) => victim && `${victim.short} is ${victim.state}.${back(victim, at, " Back in ")}`,
  },
  {
    title: "Make it well",
    text: () => "It recovers at once. But a proxy that sends it nothing cannot know, so it stays out until its time is over.",
    world: { traffic: true, ill: false },
    now: (_, victim, at) => victim && `${victim.short} is ${victim.fault ? "ill" : "well"}, and ${victim.state}.${back(victim, at, " Back in ")}`,
  },
  {
    title: "It comes back",
    text: () => "At the sweep it returns, and gets its share again. Since those few errors the client has noticed nothing.",
    world: { traffic: true, ill: false },
    now: (_, victim, at) => {
      if (victim?.state !== "ejected") return victim && `${victim.short} is ${victim.state}: ${per(victim.rate)} per second.`;
      return `${victim.short} is back ${victim.until === null ? "at a sweep" : `at ${hour(victim.until)}`}.${back(victim, at, " That is in ")}`;
    },
  },
];

function back(victim, at, words) {
  const left = countdownWords(victim, at);
  if (!left) return "";
  return left === SOON ? ` Back ${SOON}.` : `${words}${left}.`;
}
