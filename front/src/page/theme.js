// Light or dark: what the system says, until somebody says otherwise.

import { local } from "./storage.js";

const KEY = "theme";

export function theme(button, onChange) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => local.get(KEY);
  const show = () => {
    const now = chosen() ?? (dark.matches ? "dark" : "light");
    document.documentElement.dataset.theme = now;
    button.setAttribute("aria-pressed", String(now === "dark"));
    onChange();
  };
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    local.set(KEY, now);
    show();
  });
  dark.addEventListener("change", show);
  show();
}
