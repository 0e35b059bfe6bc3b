// One replica, from what `/hosts` tells of it. What is not known is `null`, and stays so.

const time = (text) => {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? null : at;
};

// The first eight characters of a v4 UUID, and the name of a pod as it is.
export const shortUid = (uid) => (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(uid) ? uid.slice(0, 8) : uid);

// `at` is when the server told `host`: what remains of a fault counts from then.
export function replicaOf(host, { at, threshold, rate }) {
  const { uid = null, control = null, counter, mesh } = host;
  const detail = mesh?.detail ?? {};
  return {
    key: uid ?? control ?? "",
    uid,
    short: uid === null ? "no answer" : shortUid(uid),
    address: host.address ?? null,
    control,
    silent: host.reachable === false && control !== null,
    // Without control ports nobody knows whether a replica is ill.
    faultKnown: host.reachable === true,
    fault: host.fault ?? null,
    faultEnds: host.fault?.remaining_ms == null ? null : at + host.fault.remaining_ms,
    kind: faultKind(host),
    ok: counter?.StatusOk ?? 0,
    errors: counter?.StatusError ?? 0,
    rate,
    state: ["healthy", "ejected"].includes(mesh?.state) ? mesh.state : "unknown",
    since: time(mesh?.ejected_since),
    until: time(mesh?.earliest_return),
    reason: mesh?.reason ?? null,
    streak: detail.consecutive_5xx ?? null,
    threshold,
    ejections: detail.ejections ?? null,
    nextMs: detail.next_ejection_ms ?? null,
    inRotation: detail.in_rotation ?? null,
    meshKnows: detail.balancer_knows ?? null,
    refused: detail.refused?.why ?? null,
  };
}

function faultKind({ reachable, fault }) {
  if (!fault) return reachable === true ? "none" : "unknown";
  if (fault.abort) return "abort";
  return fault.status < 500 ? "delay" : "status";
}
