// Where the ways of the picture are: from the stages and the boxes as they lie on the screen.

import { bus, curve, way } from "./route.js";

const STAGES = ["client", "gateway", "front", "sidecar"];

// `trunk` goes from the client to the sidecar, `branches` by key from the client to each box. `links` are the parts to be
// drawn as lines.
export function layout(sky, list) {
  const origin = sky.getBoundingClientRect();
  const place = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { left: left - origin.left, top: top - origin.top, width, height };
  };
  const stages = STAGES.map((name) => place(document.getElementById(`stage-${name}`)));
  const middle = ({ left, top, width, height }) => ({ x: left + width / 2, y: top + height / 2 });
  const sidecar = stages.at(-1);
  const boxes = place(list);
  const beside = boxes.left >= sidecar.left + sidecar.width;
  // Beside the list the way leaves the sidecar to the right, above it to the left and down.
  const exit = beside
    ? { x: sidecar.left + sidecar.width, y: sidecar.top + sidecar.height / 2 }
    : { x: sidecar.left + sidecar.width / 2, y: sidecar.top + sidecar.height };
  const stem = stages.map(middle).slice(0, -1);
  const inside = middle(sidecar);
  const branches = new Map();
  const columns = new Set();
  const places = [...list.children].map((box) => [box, place(box)]);
  for (const [, { left }] of places) columns.add(Math.round(left));
  for (const [box, at] of places) {
    const link = beside && columns.size === 1
      ? curve(exit, { x: at.left, y: at.top + at.height / 2 })
      : around(exit, boxes, at, beside);
    branches.set(box.dataset.key, { way: way([...stem, inside, ...link]), link: way(link), flow: box.dataset.flow });
  }
  return { trunk: way([...stem, inside]), branches };
}

// Down beside the boxes, and along the gap above a row to where the box is.
function around(exit, boxes, at, beside) {
  const gap = 4;
  const row = { x: at.left + Math.min(at.width / 2, 30), y: at.top - gap };
  if (beside) return [...bus(exit, boxes.left - 14, row), { x: row.x, y: at.top + 1 }];
  const rail = boxes.left - 7;
  const turn = boxes.top - 10;
  return [exit, { x: exit.x, y: turn }, { x: rail, y: turn }, { x: rail, y: at.top + at.height / 2 }, { x: at.left, y: at.top + at.height / 2 }];
}
