// Where the ways of the picture are: from the stages and the boxes as they lie on the screen.

import { bus, curve, way } from "./route.js";

const STAGES = ["client", "gateway", "front", "sidecar"];

// `trunk` goes from the client to the sidecar, `branches` by key from the client to each box. `lines` are what is drawn
// of them: `open`, `cut` and `leak` by whether requests go there, and the `bars` across those that are cut.
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
  const lines = { open: new Path2D(), shared: new Path2D(), cut: new Path2D(), leak: new Path2D(), bars: new Path2D() };
  const trunk = [...stem, inside];
  trace(lines.open, trunk);
  const places = [...list.children].map((box) => [box, place(box)]);
  const direct = beside && new Set(places.map(([, { left }]) => Math.round(left))).size === 1;
  for (const [box, at] of places) {
    const { key, flow = "open" } = box.dataset;
    const link = direct ? curve(exit, { x: at.left, y: at.top + at.height / 2 }) : around(exit, boxes, at, beside);
    branches.set(key, way([...trunk, ...link]));
    // A line that many share says nothing of one of them.
    trace(direct ? lines[flow] : lines.shared, link);
    if (direct && flow === "cut") {
      const { x, y } = way(link).at(0.8);
      trace(lines.bars, [{ x, y: y - 8 }, { x, y: y + 8 }]);
    }
  }
  return { trunk: way(trunk), branches, lines };
}

function trace(path, points) {
  points.forEach(({ x, y }, index) => (index ? path.lineTo(x, y) : path.moveTo(x, y)));
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
