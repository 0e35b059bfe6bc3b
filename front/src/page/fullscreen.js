// All of the screen for the page, where the browser can.

import { write } from "./dom.js";

export function fullscreen(button) {
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => {
    const change = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    // Who says no to it has a reason, and the page is as it was.
    change.catch(() => {});
  });
  document.addEventListener("fullscreenchange", () => write(button, document.fullscreenElement ? "Leave full screen" : "Full screen"));
}
