// The timeline as a picture: a bar per second, errors at the bottom where they are seen, and above it the marks.

import { fit, palette } from "./canvas.js";
import { SECONDS } from "./timeline.js";
import { markWords } from "./words.js";
import { shortUid } from "./replica.js";

const MARKS = { fault: "error", ejection: "out", return: "ok", recover: "ok" };
const LEFT = 34;
const RIGHT = 8;
const BOTTOM = 18;
const TOP = 42;

// Half the side of a badge.
const BADGE = 8;

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
    colors ??= palette("line", "ok", "error", "out", "mesh", "other", "quiet", "panel", "on-badge");
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
    context.strokeStyle = colors.line;
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
    const placed = lanes(seen.map((mark) => ({ mark, middle: Math.min(x(mark.at), area.right - BADGE) })));
    context.font = "600 11px ui-monospace, monospace";
    context.textBaseline = "middle";
    for (const { mark, middle, y, room } of placed) {
      context.strokeStyle = context.fillStyle = colors[MARKS[mark.kind] ?? "quiet"];
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(middle, y);
      context.lineTo(middle, area.bottom);
      context.stroke();
      context.beginPath();
      context.roundRect(middle - BADGE, y - BADGE, 2 * BADGE, 2 * BADGE, 4);
      context.fill();
      context.fillStyle = colors["on-badge"];
      context.textAlign = "center";
      context.fillText(markWords(mark.kind).letter, middle, y + 0.5);
      const name = shortUid(mark.host ?? "");
      if (context.measureText(name).width + 8 > Math.min(room, area.right - middle - BADGE)) continue;
      context.fillStyle = colors.quiet;
      context.textAlign = "left";
      context.fillText(name, middle + BADGE + 4, y + 0.5);
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

// Two lanes above the bars: a badge goes to the upper one unless it would cover the one before. `room` is what there is
// for a name beside it.
function lanes(marks) {
  const ends = [-Infinity, -Infinity];
  const placed = marks.map(({ mark, middle }) => {
    const lane = middle - BADGE > ends[0] || ends[0] <= ends[1] ? 0 : 1;
    ends[lane] = middle + BADGE;
    return { mark, middle, lane, y: 10 + 20 * lane, room: Infinity };
  });
  placed.forEach((badge, index) => {
    const next = placed.slice(index + 1).find(({ lane }) => lane === badge.lane);
    if (next) badge.room = next.middle - badge.middle - 2 * BADGE;
    const other = placed.find(({ lane, middle }) => lane !== badge.lane && middle > badge.middle);
    // The other lane's line must not go through a name of the lower one.
    if (other && badge.lane === 1) badge.room = Math.min(badge.room, other.middle - badge.middle - BADGE);
  });
  return placed;
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
