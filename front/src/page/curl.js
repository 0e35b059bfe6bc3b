// The lines for a shell that do what the controls do.

const quoted = (path) => (/[?&]/.test(path) ? `"$GW_ENDPOINT/${path}"` : `$GW_ENDPOINT/${path}`);

// One call. A locked control wants the token, which stays in the shell's variable.
export function call(path, { locked = false } = {}) {
  const token = locked ? `-H "Authorization: Bearer $CONTROL_TOKEN" ` : "";
  return `curl ${token}${quoted(path)}`;
}

export const get = () => "curl -i $GW_ENDPOINT/color/get";

// The same load, one request after the other, and what came back by status.
export function traffic({ rate, seconds }) {
  const count = Math.max(1, Math.round(rate * seconds));
  return `curl -s -o /dev/null -w '%{http_code}\\n' --rate ${rate}/s "$GW_ENDPOINT/color/get?[1-${count}]" | sort | uniq -c`;
}

// The query of a fault: what differs from 500 to every request until somebody ends it.
export function faultPath({ kind = "status", status = 500, percent = 100, delay = 0, seconds = 0, host } = {}) {
  const query = [];
  if (host) query.push(`host=${encodeURIComponent(host)}`);
  if (kind === "status" && status !== 500) query.push(`status=${status}`);
  if (kind === "abort") query.push("abort");
  if (percent !== 100) query.push(`percent=${percent}`);
  if (delay > 0) {
    query.push(`delay=${delay}ms`);
    // A delay alone is a slow replica that answers 200.
    if (kind === "status" && status === 500) query.push("status=500");
  }
  if (seconds > 0) query.push(`for=${seconds}s`);
  return query.length ? `fault?${query.join("&")}` : "fault";
}

export const recoverPath = (host) => (host ? `recover?host=${encodeURIComponent(host)}` : "recover");
