// The token of locked controls: asked for once, kept as long as this tab is open, never in an address and never shown.

import { write } from "./dom.js";
import { session } from "./storage.js";

const KEY = "control-token";

// What a token may be made of, as the server has it. Anything else could not even be sent.
const TOKEN = /^[A-Za-z0-9._~+/=-]+$/;

// Kept here as well, for a browser that keeps nothing.
let kept = session.get(KEY);

export const known = () => kept;

export function forget() {
  kept = null;
  session.remove(KEY);
}

function keep(token) {
  kept = token;
  session.set(KEY, token);
}

// Asks for it; `null` when nobody wants to tell. Who asks meanwhile gets the same answer.
let asking = null;
export function ask(dialog, { refused }) {
  asking ??= new Promise((resolve) => {
    const form = dialog.querySelector("form");
    const input = form.elements.token;
    const complaint = dialog.querySelector(".refused");
    const complain = (words) => {
      write(complaint, words);
      complaint.hidden = !words;
    };
    complain(refused ? "That was not the token." : "");
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
      if (!TOKEN.test(token)) return complain("A token is letters, digits and -._~+/= only.");
      keep(token);
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
