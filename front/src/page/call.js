// What the buttons ask of the server.

import * as token from "./token.js";

// Whether the server wants a token, as far as it is known.
export let locked = token.known() !== null;

// POSTs to a control, with the token where one is asked for. Resolves to `{ ok, status, text, host }`; without an
// answer, `status` is `null`.
export async function control(path, dialog) {
  for (;;) {
    const shown = token.known();
    const headers = shown ? { Authorization: `Bearer ${shown}` } : {};
    const reply = await send(path, { method: "POST", headers });
    if (reply.status !== 401) return reply;
    locked = true;
    // Another call may have learned the right one meanwhile.
    if (token.known() === shown) {
      token.forget();
      if (await token.ask(dialog, { refused: shown !== null }) === null) return reply;
    }
  }
}

// Asks for a color.
export const color = () => send("color/get", {});

async function send(path, options) {
  try {
    const response = await fetch(path, { cache: "no-store", ...options });
    const text = (await response.text()).trimEnd();
    return { ok: response.ok, status: response.status, text, host: response.headers.get("hostuid") };
  } catch (error) {
    return { ok: false, status: null, text: `no answer: ${error.message}`, host: null };
  }
}
