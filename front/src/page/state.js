// What is known, made from the events of the stream (docs/events.md). A missing field is nothing known, never an error.

import { Rates } from "./rates.js";
import { Timeline } from "./timeline.js";
import { replicaOf } from "./replica.js";

const MOST_MARKS = 200;

export class State {
  // In the server's order; `undefined` until it has told them.
  replicas = undefined;
  clusters = [];
  // Answers that the mesh made itself, by status.
  meshAnswers = {};
  // Oldest first.
  marks = [];
  timeline = new Timeline();
  latency = null;
  #rates = new Rates();
  #hosts = [];
  // When the server told them.
  #at = 0;

  apply(event, data) {
    switch (event) {
      case "history": return this.#history(data);
      case "hosts": return this.#present(data);
      case "digest": return this.#digest(data);
      case "mark": return this.#mark(data);
    }
  }

  // The policy of outlier detection; `null` where the mesh does not tell it.
  get policy() {
    return this.clusters.find((cluster) => cluster.policy)?.policy ?? null;
  }

  // Whether everyone gets traffic because too few are healthy.
  get panic() {
    return this.clusters.some((cluster) => cluster.panic === true);
  }

  // Answers per second, all together and of the last two seconds.
  get rate() {
    return this.#rates.total();
  }

  // How many of 100 answers were errors of late; `null` without answers.
  get errorPercent() {
    return this.rate > 0 ? (100 * this.#rates.errors()) / this.rate : null;
  }

  #history({ complete = true, seconds = [], marks = [] }) {
    if (complete) this.marks = [];
    this.timeline.history(complete, seconds);
    for (const mark of marks) this.#mark(mark);
  }

  #present({ at = 0, hosts = [], mesh_answers: meshAnswers = {}, clusters = [] }) {
    this.#hosts = hosts;
    this.#at = at;
    this.meshAnswers = meshAnswers;
    this.clusters = clusters;
    this.#derive();
  }

  #digest(digest) {
    const { at, hosts = {}, mesh = {}, latency_ms: latency = null } = digest;
    for (const { uid, counter } of this.#hosts) {
      if (counter) for (const [status, count] of Object.entries(hosts[uid] ?? {})) {
        counter[Number(status) < 500 ? "StatusOk" : "StatusError"] += count;
        counter.Total += count;
      }
    }
    for (const [status, count] of Object.entries(mesh)) {
      this.meshAnswers[status] = (this.meshAnswers[status] ?? 0) + count;
    }
    this.latency = latency;
    this.#rates.add(digest);
    this.timeline.digest(at, digest.answers ?? {});
    this.#derive();
  }

  #mark(mark) {
    if (this.marks.some(({ seq }) => seq === mark.seq)) return;
    this.marks.push(mark);
    if (this.marks.length > MOST_MARKS) this.marks.shift();
  }

  #derive() {
    const threshold = this.policy?.consecutive_5xx ?? null;
    this.replicas = this.#hosts.map((host) => replicaOf(host, { at: this.#at, threshold, rate: this.#rates.of(host.uid) }));
  }
}
