// What was answered within the last minutes, as it can be drawn: one bar per second of the server's clock.

export const SECONDS = 150;

// What a digest counts when the one before is not known, and the most that it can count.
const SHORTEST_MS = 250;
const LONGEST_MS = 1500;

export class Timeline {
  // Spans of time, oldest first: `{ from, to, answers }`.
  #spans = [];

  // What came while this viewer was away, or all of it. Finished seconds replace the digests they are made of.
  history(complete, seconds) {
    const first = seconds[0]?.at ?? Infinity;
    this.#spans = complete ? [] : this.#spans.filter(({ to }) => to <= first + SHORTEST_MS / 2);
    for (const { at, ms = 1000, answers = {} } of seconds) this.#add(at, at + ms, answers);
  }

  // What was answered between the digest before and `at`.
  digest(at, answers) {
    const before = this.#spans.at(-1)?.to ?? -Infinity;
    this.#add(at - before <= LONGEST_MS ? Math.min(before, at) : at - SHORTEST_MS, at, answers);
  }

  // The bars of the last seconds until `now`, oldest first: `{ at, answers }`, where a span is spread evenly over the
  // seconds it touches.
  bars(now) {
    const first = Math.floor(now / 1000) - SECONDS;
    const bars = Array.from({ length: SECONDS + 1 }, (_, index) => ({ at: 1000 * (first + index), answers: {} }));
    for (const { from, to, answers } of this.#spans) {
      const length = Math.max(to - from, 1);
      for (let second = Math.floor(from / 1000); 1000 * second < to; second += 1) {
        const bar = bars[second - first];
        if (!bar) continue;
        const share = (Math.min(to, 1000 * (second + 1)) - Math.max(from, 1000 * second)) / length;
        for (const [status, count] of Object.entries(answers)) {
          bar.answers[status] = (bar.answers[status] ?? 0) + count * share;
        }
      }
    }
    return bars;
  }

  // How many answers of which status are in sight, in order of status: `[["200", 195], ["500", 5]]`.
  totals(now) {
    const totals = {};
    for (const { to, answers } of this.#spans) {
      if (to <= now - 1000 * SECONDS) continue;
      for (const [status, count] of Object.entries(answers)) totals[status] = (totals[status] ?? 0) + count;
    }
    return Object.entries(totals).filter(([, count]) => count > 0);
  }

  #add(from, to, answers) {
    if (!Number.isFinite(from) || !Number.isFinite(to)) return;
    this.#spans.push({ from, to, answers });
    const oldest = to - 1000 * (SECONDS + 2);
    while (this.#spans[0].to < oldest) this.#spans.shift();
  }
}
