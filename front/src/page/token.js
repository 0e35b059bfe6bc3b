// The token of locked controls: asked for once, kept as long as this tab is open, never in an address and never shown.

import { session } from "./storage.js";

const KEY = "control-token";

export const known = () => session.get(KEY);
export const forget = () => session.remove(KEY);

// Asks for it; `null` when nobody wants to tell. Who asks meanwhile gets the same answer.
let asking = null;
export function ask(dialog, { refused }) {
  asking ??= new Promise((resolve) => {
    const form = dialog.querySelector("form");
    const input = form.elements.token;
    dialog.querySelector(".refused").hidden = !refused;
    const end = (token) => {
      form.removeEventListener("submit", submit);
      dialog.removeEventListener("close", close);
      input.value = "";
      asking = null;
      resolve(token);
    };
    const submit = (event) => {
      event.preventDefault();
      const token = input.value.trim();
      if (!token) return;
      session.set(KEY, token);
      end(token);
      dialog.close();
    };
    const close = () => end(null);
    dialog.querySelector(".cancel").onclick = () => dialog.close();
    form.addEventListener("submit", submit);
    dialog.addEventListener("close", close);
    dialog.showModal();
  });
  return asking;
}
