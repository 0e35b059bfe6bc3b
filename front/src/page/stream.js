// The live stream. A browser connects anew by itself when a stream breaks off, but gives up for good when the answer
// is no stream; then it is asked why, and tried again after a while.

const EVENTS = ["history", "hosts", "digest", "mark"];
const SHORTEST_MS = 1000;
const LONGEST_MS = 15000;
// A stream ends every now and then, and the next one is there before anybody need be told.
const UNNOTICED_MS = 1500;

// Calls `onEvent(name, data)`, and `onLink(live, why)` when the connection comes or goes.
export function watch({ onEvent, onLink }) {
  let wait = SHORTEST_MS;
  let missing = null;

  // Told after a while, or at once if there is something to say.
  function gone(why) {
    missing ??= setTimeout(onLink, UNNOTICED_MS, false, "");
    if (!why) return;
    clearTimeout(missing);
    onLink(false, why);
  }

  function connect() {
    const source = new EventSource("events");
    for (const name of EVENTS) {
      source.addEventListener(name, ({ data }) => {
        const parsed = parse(data);
        if (parsed) onEvent(name, parsed);
      });
    }
    source.onopen = () => {
      clearTimeout(missing);
      missing = null;
      wait = SHORTEST_MS;
      onLink(true, "");
    };
    source.onerror = async () => {
      gone("");
      if (source.readyState !== EventSource.CLOSED) return;
      gone(await refusal());
      setTimeout(connect, wait);
      wait = Math.min(2 * wait, LONGEST_MS);
    };
  }

  connect();
}

function parse(data) {
  try {
    const parsed = JSON.parse(data);
    return parsed !== null && typeof parsed === "object" ? parsed : null;
  } catch {
    return null;
  }
}

// Why there is no stream, in the server's words.
async function refusal() {
  const abort = new AbortController();
  try {
    const response = await fetch("events", { signal: abort.signal, cache: "no-store" });
    return response.ok ? "" : `${response.status}: ${(await response.text()).trim().slice(0, 200)}`;
  } catch {
    return "no answer";
  } finally {
    abort.abort();
  }
}
