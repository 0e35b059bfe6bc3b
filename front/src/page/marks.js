// What happened, as a list: the newest first. It is also what a screen reader has in place of the picture.

import { children, copyOf, mark, write } from "./dom.js";
import { hour, markWords } from "./words.js";
import { shortUid } from "./replica.js";

const SHOWN = 40;

export function markList(list) {
  return function show(marks) {
    children(list, marks.slice(-SHOWN).reverse(), {
      keyOf: ({ seq }) => seq,
      make: () => copyOf("mark"),
      fill: (item, { kind, host, at, cause }) => {
        mark(item, "kind", kind ?? "");
        mark(item, "host", host ?? "");
        const { letter, word } = markWords(kind);
        write(item.querySelector("b"), letter);
        write(item.querySelector("time"), at ? hour(at) : "");
        write(item.querySelector(".what"), word);
        write(item.querySelector(".who"), shortUid(host ?? ""));
        write(item.querySelector(".cause"), cause ?? "");
      },
    });
  };
}
