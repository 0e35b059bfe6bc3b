// The dots of the picture, in time: each answer of a digest gets a moment until the next one. Out goes a request, back
// comes its answer. Where there would be too many, one dot stands for several.

// The most dots in the air. A canvas draws them in about a millisecond.
const MOST = 400;

// One way. Out and back is about a second, which an eye follows.
export const ONE_WAY_MS = 480;

const TOTAL_MS = 2 * ONE_WAY_MS;

// From one digest to the next.
const SPREAD_MS = 250;

// What one digest may add for the dots not to exceed the most while they fly.
const SHARE = Math.floor((MOST * SPREAD_MS) / (TOTAL_MS + SPREAD_MS));

// For how many digests a dot stands for as many as it once had to: what it means should not change all the time.
const STEADY = 12;

export class Flights {
  // Each `{ key, bad, start }`, in no order.
  flights = [];
  // What one dot stands for, and one cross.
  weights = { ok: 1, bad: 1 };
  #needs = [];
  // Answers that are not a whole dot yet.
  #rest = new Map();

  // What was answered since the digest before; `keys` are the replicas with a box.
  add({ hosts = {}, mesh = {}, front = {} }, now) {
    const groups = Object.entries(hosts).map(([uid, codes]) => ({ key: uid, ...split(codes) }));
    // Those that no replica gave.
    groups.push({ key: "", ...split(mesh) }, { key: "", ...split(front) });
    const sum = (name) => groups.reduce((all, group) => all + group[name], 0);
    // Errors come first.
    const bad = round(sum("bad") / (SHARE / 2));
    const ok = round(sum("ok") / (SHARE - Math.ceil(sum("bad") / bad)));
    this.#needs.push({ ok, bad });
    if (this.#needs.length > STEADY) this.#needs.shift();
    this.weights = { ok: this.#most("ok"), bad: this.#most("bad") };
    for (const group of groups) {
      this.#launch(group.key, false, group.ok, this.weights.ok, now);
      this.#launch(group.key, true, group.bad, this.weights.bad, now);
    }
  }

  // Forgets those that have landed; whether any is left.
  advance(now) {
    this.flights = this.flights.filter(({ start }) => now - start < TOTAL_MS);
    return this.flights.length > 0;
  }

  clear() {
    this.flights = [];
  }

  #most(name) {
    return Math.max(...this.#needs.map((need) => need[name]));
  }

  #launch(key, bad, count, weight, now) {
    const name = `${key} ${bad}`;
    const all = (this.#rest.get(name) ?? 0) + count;
    const dots = Math.floor(all / weight);
    this.#rest.set(name, all - dots * weight);
    for (let dot = 0; dot < dots; dot += 1) {
      this.flights.push({ key, bad, start: now + (SPREAD_MS * (dot + Math.random())) / dots });
    }
  }
}

// The next of 1, 2, 5, 10, 20, ...
function round(least) {
  for (let power = 1; ; power *= 10) {
    const found = [1, 2, 5].find((digit) => digit * power >= least);
    if (found) return found * power;
  }
}

// Answers by whether they are errors.
function split(codes) {
  let [ok, bad] = [0, 0];
  for (const [status, count] of Object.entries(codes)) {
    if (Number(status) < 500) ok += count;
    else bad += count;
  }
  return { ok, bad };
}
