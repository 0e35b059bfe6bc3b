// The server's clock, as far as it can be known here: every event says when it was sent, and took its time to come. So
// the largest difference seen of late is the nearest.

const KEPT = 40;

export class ServerClock {
  #differences = [];

  // An event that was sent at `at` (milliseconds since 1970) is here.
  heard(at, now = Date.now()) {
    if (!Number.isFinite(at)) return;
    this.#differences.push(at - now);
    if (this.#differences.length > KEPT) this.#differences.shift();
  }

  // Milliseconds since 1970 on the server's clock.
  now(now = Date.now()) {
    return this.#differences.length ? now + Math.max(...this.#differences) : now;
  }
}
