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
    dots(context, now);
    if (moving) wake();
  }

  function wake() {
    if (!frame && !document.hidden) frame = requestAnimationFrame(draw);
  }

  function lines(context) {
    const stroke = (path, color, width, dash = []) => {
      context.strokeStyle = colors[color];
      context.lineWidth = width;
      context.setLineDash(dash);
      context.stroke(path);
    };
    const { open, shared, cut, leak, bars } = ways.lines;
    stroke(shared, "line", 1);
    stroke(open, "line", 2);
    stroke(cut, "line", 2, [3, 6]);
    stroke(leak, "out", 2, [3, 6]);
    stroke(bars, "out", 3);
  }

  // One shape for all of a kind: a canvas is quick at few of them, however large.
  function dots(context, now) {
    const [requests, answers, errors] = [new Path2D(), new Path2D(), new Path2D()];
    for (const { key, bad, start } of flights.flights) {
      const done = (now - start) / ONE_WAY_MS;
      if (done < 0) continue;
      const { x, y } = (ways.branches.get(key) ?? ways.trunk).at(done < 1 ? done : 2 - done);
      if (done < 1) disc(requests, x, y, 2);
      else if (bad) cross(errors, x, y, 5);
      else disc(answers, x, y, 4);
    }
    context.fillStyle = colors.request;
    context.fill(requests);
    context.fillStyle = colors.ok;
    context.fill(answers);
    context.strokeStyle = colors.error;
    context.lineWidth = 3;
    context.stroke(errors);
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

function disc(path, x, y, radius) {
  path.moveTo(x + radius, y);
  path.arc(x, y, radius, 0, 2 * Math.PI);
}

function cross(path, x, y, size) {
  path.moveTo(x - size, y - size);
  path.lineTo(x + size, y + size);
  path.moveTo(x - size, y + size);
  path.lineTo(x + size, y - size);
}
