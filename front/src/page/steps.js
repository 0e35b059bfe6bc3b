// The walkthrough, step by step: a sentence for the stage, the world that the step wants (traffic, a replica ill or not),
// and what the picture says of it right now. Whoever goes back gets the world of the step before.

import { plural } from "./words.js";
import { countdownWords, hour } from "./words.js";

export const STEPS = [
  {
    title: "The way of a request",
    text: "A client asks through a gateway for a color. front passes the request on, and the sidecar beside it picks one of the replicas.",
    world: { traffic: false, ill: false },
    now: ({ replicas }) => `${plural(replicas.length, "replica")} in service. Next sends traffic.`,
  },
  {
    title: "All well",
    text: "50 requests per second, and every answer is a 200. Each replica gets its share.",
    world: { traffic: true, ill: false },
    now: ({ replicas, rate }) => `${Math.round(rate)} answers per second, from ${replicas.filter((one) => one.rate > 0).length} replicas.`,
  },
  {
    title: "One falls ill",
    text: "One replica now answers 500 to everything. Watch its pips: the fifth error in a row is its last.",
    world: { traffic: true, ill: true },
    now: (_, victim) => (victim ? `${victim.short}: ${plural(victim.errors, "error")} so far.` : ""),
  },
  {
    title: "Five errors, then only 200",
    text: "The sidecar has noticed by itself and sends it nothing more. The client sees five errors, and then nothing but 200.",
    world: { traffic: true, ill: true },
    now: (_, victim) => (victim ? `${victim.short}: ${plural(victim.errors, "error")}, and ${victim.state}.` : ""),
  },
  {
    title: "Who is out, why, until when?",
    text: "It comes back at the first sweep, one every 10 s, that finds it out for at least 10 s. Each time it stays out longer.",
    world: { traffic: true, ill: true },
    now: (_, victim, at) => {
      if (victim?.state !== "ejected") return victim ? `${victim.short} is ${victim.state}.` : "";
      const left = countdownWords(victim, at);
      return `${victim.short}: ${victim.reason ?? "out"}${left ? `. Back in ${left}` : ""}.`;
    },
  },
  {
    title: "Make it well",
    text: "It recovers at once. But a proxy that sends it nothing cannot know: it stays out until its time is over.",
    world: { traffic: true, ill: false },
    now: (_, victim, at) => {
      if (!victim) return "";
      const left = countdownWords(victim, at);
      return `${victim.short} is ${victim.fault ? "ill" : "well"}, and ${victim.state}${left ? ` for another ${left}` : ""}.`;
    },
  },
  {
    title: "It comes back",
    text: "At the sweep it returns, and gets its share again. The client has noticed nothing of all this.",
    world: { traffic: true, ill: false },
    now: (_, victim, at) => {
      if (victim?.state === "ejected") return `${victim.short} is back at ${victim.until === null ? "the next sweep" : hour(victim.until)}: ${countdownWords(victim, at)}.`;
      return victim ? `${victim.short} is ${victim.state}, with ${Math.round(victim.rate)} answers per second.` : "";
    },
  },
];
