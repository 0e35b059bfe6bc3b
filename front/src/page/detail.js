// Everything that is known of the replica that was picked.

import { children, write } from "./dom.js";
import { toggle } from "./replicas.js";
import { countdownWords, duration, faultWords, hour, ordinal, perSecond, streakWords } from "./words.js";

export function detail(panel, { onSwitch, onClose }) {
  const head = panel.appendChild(document.createElement("header"));
  const facts = panel.appendChild(document.createElement("dl"));
  const title = head.appendChild(document.createElement("h2"));
  const flip = head.appendChild(document.createElement("button"));
  flip.type = "button";
  const close = head.appendChild(document.createElement("button"));
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => onClose());
  let shown = null;
  flip.addEventListener("click", () => onSwitch(shown));

  // Boxes that have room for a button have it themselves; there is never a second one.
  return function show(replica, { now, withSwitch }) {
    panel.hidden = !replica;
    if (!replica) return;
    shown = replica;
    write(title, replica.uid ?? `${replica.control} does not answer`);
    children(facts, factsOf(replica, now), {
      keyOf: ([name]) => name,
      make: () => {
        const pair = document.createElement("div");
        pair.append(document.createElement("dt"), document.createElement("dd"));
        return pair;
      },
      fill: (pair, [name, value]) => {
        write(pair.firstChild, name);
        write(pair.lastChild, value);
      },
    });
    toggle(flip, replica);
    flip.hidden ||= !withSwitch;
  };
}

function factsOf(replica, now) {
  const { state, since, until, ejections, nextMs, inRotation } = replica;
  const known = (value, words) => (value === null ? "unknown" : words(value));
  const facts = [
    ["Address", replica.address ?? "unknown"],
    ["Fault", faultWords(replica, now)],
    ["Answers", `${replica.ok} ok, ${replica.errors} errors, ${perSecond(replica.rate)}`],
    ["In a row", `${streakWords(replica)} errors`],
    ["Mesh", replica.reason === null ? state : `${state}: ${replica.reason}`],
  ];
  if (state === "ejected") {
    facts.push(["Out since", known(since, hour)]);
    facts.push(["Back", known(until, (at) => `${hour(at)} at the earliest, ${countdownWords(replica, now)}`)]);
  }
  if (ejections) facts.push(["Ejections", `${ordinal(ejections)}${nextMs === null ? "" : `; the next at least ${duration(nextMs)}`}`]);
  if (state !== "unknown") facts.push(["Traffic", known(inRotation, (is) => (is ? "gets its share" : "gets none"))]);
  return facts;
}
