// The picture behind the boxes: lines where requests may go, and a dot for each that goes. It is drawn while something
// moves and the page is seen, and never otherwise.

import { fit, palette } from "./canvas.js";
import { Flights, ONE_WAY_MS } from "./flight.js";
import { layout } from "./layout.js";

export function sky(canvas, list) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const flights = new Flights();
  let [ways, colors, frame] = [null, null, 0];

  function draw(now) {
    frame = 0;
    const moving = flights.advance(now);
    ways ??= layout(canvas, list);
    colors ??= palette("line", "ok", "error", "out", "request");
    const { context } = fit(canvas);
    lines(context);
    for (const flight of flights.flights) dot(context, flight, now);
    if (moving) wake();
  }

  function wake() {
    if (!frame && !document.hidden) frame = requestAnimationFrame(draw);
  }

  function lines(context) {
    context.lineWidth = 2;
    context.strokeStyle = colors.line;
    stroke(context, ways.trunk.points);
    for (const { link, flow } of ways.branches.values()) {
      context.setLineDash(flow === "open" ? [] : [3, 6]);
      context.strokeStyle = flow === "leak" ? colors.out : colors.line;
      if (flow === "cut") cut(context, link);
      else stroke(context, link.points);
    }
    context.setLineDash([]);
  }

  // A way that is closed ends before the box.
  function cut(context, link) {
    stroke(context, link.points);
    const { x, y } = link.at(0.78);
    context.setLineDash([]);
    context.strokeStyle = colors.out;
    context.lineWidth = 3;
    stroke(context, [{ x, y: y - 8 }, { x, y: y + 8 }]);
    context.lineWidth = 2;
  }

  function dot(context, { key, bad, start }, now) {
    const age = now - start;
    if (age < 0) return;
    const path = ways.branches.get(key)?.way ?? ways.trunk;
    if (age < ONE_WAY_MS) {
      const { x, y } = path.at(age / ONE_WAY_MS);
      context.fillStyle = colors.request;
      disc(context, x, y, 2);
      return;
    }
    const { x, y } = path.at(2 - age / ONE_WAY_MS);
    if (bad) cross(context, x, y, 5);
    else {
      context.fillStyle = colors.ok;
      disc(context, x, y, 4);
    }
  }

  function cross(context, x, y, size) {
    context.strokeStyle = colors.error;
    context.lineWidth = 3;
    context.beginPath();
    context.moveTo(x - size, y - size);
    context.lineTo(x + size, y + size);
    context.moveTo(x - size, y + size);
    context.lineTo(x + size, y - size);
    context.stroke();
    context.lineWidth = 2;
  }

  // What is seen is somewhere else, or looks otherwise.
  function changed() {
    ways = null;
    colors = null;
    wake();
  }

  new ResizeObserver(changed).observe(canvas);
  new ResizeObserver(changed).observe(list);
  document.addEventListener("visibilitychange", () => {
    // What was answered meanwhile is not shown in one burst.
    flights.clear();
    changed();
  });

  return {
    changed,
    // What one dot stands for.
    get weights() {
      return flights.weights;
    },
    // Lets a digest's answers fly.
    answered(digest) {
      if (document.hidden || calm.matches) return;
      flights.add(digest, performance.now());
      wake();
    },
  };
}

function stroke(context, points) {
  context.beginPath();
  points.forEach(({ x, y }, index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
}

function disc(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
