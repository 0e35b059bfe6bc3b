// The dots of the picture, in time: each answer of a digest gets a moment until the next one. Out goes a request, back
// comes its answer. Where there would be too many, one dot stands for several.

// The most dots in the air. A canvas draws them in well under a millisecond.
const MOST = 240;

// One way. Out and back is about a second, which an eye follows.
export const ONE_WAY_MS = 480;

// As long as a cross stays where it came from.
const TOTAL_MS = 2 * ONE_WAY_MS;

const SPREAD_MS = 250;

export class Flights {
  // Each `{ key, bad, start }`, in order of nothing.
  flights = [];
  // What one dot stands for, and one cross.
  weights = { ok: 1, bad: 1 };
  #rest = new Map();

  // What was answered since the digest before; `keys` are the replicas with a box.
  add({ hosts = {}, mesh = {}, front = {} }, now) {
    const groups = Object.entries(hosts).map(([uid, codes]) => ({ key: uid, ...split(codes) }));
    groups.push({ key: "", ...split({ ...mesh }) }, { key: "", ...split({ ...front }) });
    const sum = (name) => groups.reduce((all, group) => all + group[name], 0);
    // What one digest may add for its dots not to exceed the most while they fly. Errors come first.
    const share = (MOST * SPREAD_MS) / (TOTAL_MS + SPREAD_MS);
    const bad = Math.max(1, Math.ceil(sum("bad") / (share / 2)));
    const ok = Math.max(1, Math.ceil(sum("ok") / (share / 2)));
    this.weights = { ok, bad };
    for (const group of groups) {
      this.#launch(group.key, false, group.ok, ok, now);
      this.#launch(group.key, true, group.bad, bad, now);
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

// Answers by whether they are errors.
function split(codes) {
  let [ok, bad] = [0, 0];
  for (const [status, count] of Object.entries(codes)) {
    if (Number(status) < 500) ok += count;
    else bad += count;
  }
  return { ok, bad };
}
