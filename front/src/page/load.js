// Traffic from this browser, through the gateway. A request is due at its time whatever became of the one before, but a
// browser has six connections to a server: one is the stream's, one is kept for the buttons, and the others carry one
// request each.

const AT_ONCE = 4;
const TICK_MS = 10;
// How long after its end what was due before is still sent: a browser that stumbles sends all of it, one that cannot
// keep up does not go on forever.
const LATE_S = 3;

export class Load {
  #run = null;

  // `onChange` is called when it starts and when it ends, and for each answer that comes later.
  constructor(onChange) {
    this.onChange = onChange;
    this.report = null;
  }

  get running() {
    return this.#run !== null;
  }

  start({ rate, seconds }) {
    this.stop();
    const report = { rate, asked: Math.round(rate * seconds), sent: 0, answered: 0, codes: {}, began: performance.now(), ended: null };
    const run = { report, seconds, flying: 0, timer: setInterval(() => this.#pump(run), TICK_MS) };
    this.#run = run;
    this.report = report;
    this.#pump(run);
    this.onChange();
  }

  stop() {
    if (this.#run) this.#end(this.#run);
  }

  #pump(run) {
    if (this.#run !== run) return;
    const { report, seconds } = run;
    const elapsed = (performance.now() - report.began) / 1000;
    const due = Math.min(report.asked, Math.floor(elapsed * report.rate) + 1);
    const over = elapsed >= seconds + LATE_S;
    while (report.sent < due && run.flying < AT_ONCE && !over) this.#send(run);
    if (report.sent >= report.asked || over) this.#end(run);
  }

  async #send(run) {
    const { report } = run;
    report.sent += 1;
    run.flying += 1;
    let code = "no answer";
    try {
      const response = await fetch("color/get", { cache: "no-store" });
      await response.arrayBuffer();
      code = String(response.status);
    } catch {
      // No answer is what came of it.
    }
    report.codes[code] = (report.codes[code] ?? 0) + 1;
    report.answered += 1;
    run.flying -= 1;
    this.#pump(run);
    // What was under way at the end is counted, too.
    if (report.ended !== null) this.onChange();
  }

  #end(run) {
    clearInterval(run.timer);
    run.report.ended = performance.now();
    this.#run = null;
    this.onChange();
  }
}

// What was reached, in requests per second.
export function achieved({ sent, began, ended }, now) {
  const elapsed = ((ended ?? now) - began) / 1000;
  return elapsed > 0.5 ? sent / elapsed : null;
}
