// The replicas as boxes. The more there are, the less each one says; the whole of it is in the detail of the one that
// is picked.

import { children, copyOf, mark, write } from "./dom.js";
import { SOON, countdownWords, ejectionWords, faultWords, flow, perSecond, streakWords } from "./words.js";

// Up to how many each density is readable at 1280 x 720.
const DENSITIES = [["rows", 6], ["cards", 20], ["tiles", Infinity]];

// Longer reasons get a line of their own.
const SHORT_REASON = 28;

export const densityOf = (count) => DENSITIES.find(([, most]) => count <= most)[0];

// `onPick(replica)` and `onSwitch(replica)` are called with what is known at the time of the click.
export function replicaList(list, { onPick, onSwitch }) {
  // By box: its parts, and what it shows.
  const known = new WeakMap();

  const make = () => {
    const box = copyOf("replica");
    const parts = Object.fromEntries([...box.querySelectorAll("[class]")].map((part) => [part.className, part]));
    known.set(box, { parts });
    parts.pick.addEventListener("click", () => onPick(known.get(box).replica));
    parts.switch.addEventListener("click", () => onSwitch(known.get(box).replica));
    return box;
  };

  return function show(replicas, { now, selected }) {
    mark(list, "density", densityOf(replicas.length));
    mark(list, "count", String(replicas.length));
    const fill = (box, replica) => {
      known.get(box).replica = replica;
      fillBox(box, known.get(box).parts, replica, now);
      const picked = String(replica.key === selected);
      mark(box, "selected", picked);
      const { pick } = known.get(box).parts;
      if (pick.getAttribute("aria-expanded") !== picked) pick.setAttribute("aria-expanded", picked);
    };
    children(list, replicas, { keyOf: ({ key }) => key, make, fill });
  };
}

function fillBox(box, parts, replica, now) {
  mark(box, "host", replica.uid ?? "");
  mark(box, "state", replica.state);
  mark(box, "fault", replica.kind);
  mark(box, "streak", replica.streak === null ? "" : String(replica.streak));
  mark(box, "refused", String(replica.refused !== null));
  mark(box, "flow", flow(replica));
  mark(box, "long", String((replica.reason ?? "").length > SHORT_REASON));
  const text = (name, value) => write(parts[name], value);
  text("uid", replica.short);
  text("address", replica.address ?? replica.control ?? "");
  text("ok", String(replica.ok));
  text("errors", String(replica.errors));
  text("rate", perSecond(replica.rate));
  text("streak", streakWords(replica));
  text("fault", faultWords(replica, now));
  text("mesh", replica.state);
  text("countdown", countdownWords(replica, now));
  mark(parts.countdown, "soon", String(parts.countdown.textContent === SOON));
  text("ejection", ejectionWords(replica));
  text("reason", replica.reason ?? "");
  pips(parts.pips, replica);
  if (parts.pick.title !== (replica.uid ?? "")) parts.pick.title = replica.uid ?? "";
  toggle(parts.switch, replica);
}

// Makes it a button that makes the replica ill, or well.
export function toggle(button, { uid, fault, faultKnown }) {
  button.hidden = !faultKnown;
  write(button, fault ? "Recover" : "Fault");
  const name = `${button.textContent} ${uid}`;
  if (button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
}

function pips(element, { streak, threshold }) {
  const count = threshold !== null && streak !== null && threshold <= 10 ? threshold : 0;
  while (element.children.length > count) element.lastChild.remove();
  while (element.children.length < count) element.append(document.createElement("i"));
  [...element.children].forEach((pip, index) => mark(pip, "on", String(index < streak)));
}
