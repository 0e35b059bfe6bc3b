// The timeline as a picture: a bar per second, errors at the bottom where they are seen, and above it the marks.

import { BADGE, arrange } from "./badges.js";
import { fit, palette } from "./canvas.js";
import { SECONDS } from "./timeline.js";
import { markWords } from "./words.js";
import { shortUid } from "./replica.js";

const MARKS = { fault: "error", ejection: "out", return: "ok", recover: "ok" };
const LEFT = 34;
const RIGHT = 8;
const BOTTOM = 18;
const TOP = 42;

// The name of a status' color in the style sheet, and of its pattern.
export function lookOf(status) {
  if (Number(status) < 500) return { color: "ok", pattern: "solid" };
  if (status === "500") return { color: "error", pattern: "stripes" };
  if (status === "503") return { color: "mesh", pattern: "dots" };
  return { color: "other", pattern: "lines" };
}

export function chart(canvas) {
  let colors = null;
  let unit = 1;
  let patterns = new Map();

  function draw({ timeline, marks }, now) {
    colors ??= palette("edge", "ok", "error", "out", "mesh", "other", "quiet", "panel", "on-badge");
    const { context, width, height } = fit(canvas);
    // As large as the letters around it.
    unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const area = { left: LEFT * unit, right: width - RIGHT, top: TOP, bottom: height - BOTTOM * unit };
    const bars = timeline.bars(now);
    const highest = Math.max(...bars.map(({ answers }) => Object.values(answers).reduce((a, b) => a + b, 0)));
    const most = round(highest);
    const step = (area.right - area.left) / SECONDS;
    const x = (at) => area.right - ((now - at) / 1000) * step;
    axes(context, area, most, x, now);
    context.save();
    context.beginPath();
    context.rect(area.left, 0, area.right - area.left, height);
    context.clip();
    for (const bar of bars) stack(context, area, bar, x(bar.at), step, most);
    badges(context, area, marks, x, now);
    context.restore();
  }

  function axes(context, area, most, x, now) {
    context.font = `${11 * unit}px system-ui, sans-serif`;
    context.fillStyle = colors.quiet;
    context.strokeStyle = colors.edge;
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const share of [0, 0.5, 1]) {
      const y = Math.round(area.bottom - share * (area.bottom - area.top)) + 0.5;
      context.beginPath();
      context.moveTo(area.left, y);
      context.lineTo(area.right, y);
      context.stroke();
      if (share * most === Math.round(share * most)) context.fillText(String(share * most), area.left - 6, y);
    }
    context.textBaseline = "alphabetic";
    for (let ago = 0; ago <= SECONDS; ago += 30) {
      context.textAlign = ago === 0 ? "right" : "center";
      context.fillText(ago === 0 ? "now" : `−${ago} s`, x(now - 1000 * ago), area.bottom + 14 * unit);
    }
  }

  function stack(context, area, { answers }, left, step, most) {
    let y = area.bottom;
    const order = Object.entries(answers).sort(([a], [b]) => Number(b) - Number(a));
    for (const [status, count] of order) {
      if (count < 0.05) continue;
      const { color, pattern } = lookOf(status);
      const high = Math.max((count / most) * (area.bottom - area.top), color === "ok" ? 1 : 4);
      context.fillStyle = fill(context, color, pattern);
      context.fillRect(left, y - high, Math.max(step - 1, 1), high);
      y -= high;
    }
  }

  function badges(context, area, marks, x, now) {
    const seen = marks.filter(({ at }) => now - at < 1000 * SECONDS);
    const placed = arrange(seen.map((mark) => ({ mark, middle: x(mark.at) })), { first: area.left, last: area.right });
    context.font = "600 11px ui-monospace, monospace";
    context.textBaseline = "middle";
    for (const { kind, count, host, middle, left, width, y, room } of placed) {
      context.strokeStyle = context.fillStyle = colors[MARKS[kind] ?? "quiet"];
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(middle, y);
      context.lineTo(middle, area.bottom);
      context.stroke();
      context.beginPath();
      context.roundRect(left, y - BADGE, width, 2 * BADGE, 4);
      context.fill();
      context.fillStyle = colors["on-badge"];
      context.textAlign = "center";
      context.fillText(count > 1 ? `${count}${markWords(kind).letter}` : markWords(kind).letter, left + width / 2, y + 0.5);
      const name = count > 1 ? "" : shortUid(host ?? "");
      if (context.measureText(name).width + 8 > room) continue;
      context.fillStyle = colors.quiet;
      context.textAlign = "left";
      context.fillText(name, left + width + 4, y + 0.5);
    }
  }

  function fill(context, color, pattern) {
    if (pattern === "solid") return colors[color];
    if (!patterns.has(color)) patterns.set(color, weave(context, colors[color], colors.panel, pattern));
    return patterns.get(color);
  }

  return {
    draw,
    recolor() {
      colors = null;
      patterns = new Map();
    },
  };
}

// The next round number above.
function round(value) {
  if (value <= 10) return 10;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((digit) => digit * power).find((most) => most >= value);
}

// A color that is not only a color.
function weave(context, color, ground, pattern) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  pen.fillStyle = color;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = ground;
  pen.lineWidth = 1.2;
  pen.beginPath();
  if (pattern === "stripes") for (const at of [-6, 0, 6]) pen.moveTo(at, 6), pen.lineTo(at + 6, 0);
  if (pattern === "lines") pen.moveTo(0, 3), pen.lineTo(6, 3);
  pen.stroke();
  if (pattern === "dots") pen.clearRect(2, 2, 2, 2);
  return context.createPattern(tile, "repeat");
}
