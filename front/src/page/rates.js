// Answers per second of each replica, over the last two seconds: short enough to see a replica go, long enough to be read.

const WINDOW_MS = 2000;

// What the first digest is assumed to count, as nobody knows the one before.
const FIRST_MS = 250;

const sum = (codes) => Object.values(codes ?? {}).reduce((all, count) => all + count, 0);

const onlyErrors = (codes) => Object.fromEntries(Object.entries(codes ?? {}).filter(([status]) => Number(status) >= 500));

export class Rates {
  #digests = [];

  add({ at, answers, hosts }) {
    if (!Number.isFinite(at)) return;
    const before = this.#digests.at(-1);
    const from = before && at - before.at <= WINDOW_MS ? before.at : at - FIRST_MS;
    this.#digests.push({ from, at, answers, hosts: hosts ?? {} });
    while (this.#digests.length > 1 && this.#digests[0].at <= at - WINDOW_MS) this.#digests.shift();
  }

  of(uid) {
    return this.#over((digest) => sum(digest.hosts[uid]));
  }

  // Of all answers, whoever made them.
  total() {
    return this.#over((digest) => sum(digest.answers));
  }

  errors() {
    return this.#over((digest) => sum(onlyErrors(digest.answers)));
  }

  #over(count) {
    const [first, last] = [this.#digests[0], this.#digests.at(-1)];
    if (!first) return 0;
    const all = this.#digests.reduce((all, digest) => all + count(digest), 0);
    return (1000 * all) / Math.max(last.at - first.from, FIRST_MS);
  }
}
