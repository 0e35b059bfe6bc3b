// The way of a request on the picture, as points and the distances between them.

// From the sidecar's edge to a box that is in sight of it: a curve.
export function curve(from, to) {
  const points = [];
  const reach = (to.x - from.x) / 2;
  for (let step = 0; step <= 16; step += 1) {
    const t = step / 16;
    const u = 1 - t;
    points.push({
      x: u * u * u * from.x + 3 * u * u * t * (from.x + reach) + 3 * u * t * t * (to.x - reach) + t * t * t * to.x,
      y: u * u * u * from.y + 3 * u * u * t * from.y + 3 * u * t * t * to.y + t * t * t * to.y,
    });
  }
  return points;
}

// From the sidecar's edge down a line at `x`, and along the row of boxes to the one that is meant.
export const bus = (from, x, to) => [from, { x, y: from.y }, { x, y: to.y }, to];

// A way through all these points. `at(share)` is where one is after that share of it.
export function way(points) {
  const lengths = [0];
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1], points[index]];
    lengths.push(lengths[index - 1] + Math.hypot(b.x - a.x, b.y - a.y));
  }
  const total = lengths.at(-1) || 1;
  return {
    points,
    total,
    at(share) {
      const distance = Math.min(Math.max(share, 0), 1) * total;
      let index = 1;
      while (index < lengths.length - 1 && lengths[index] < distance) index += 1;
      const [a, b] = [points[index - 1], points[index]];
      const part = (distance - lengths[index - 1]) / (lengths[index] - lengths[index - 1] || 1);
      return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
    },
  };
}
