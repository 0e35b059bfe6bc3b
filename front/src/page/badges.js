// Where the marks' badges are above the bars: what people did in the upper lane, what the mesh did in the lower one. No
// badge covers another; those of a kind that would are one, with their number.

// Half the height of a badge, and half the width of one that stands for one mark.
export const BADGE = 8;

const laneOf = ({ kind }) => (kind === "ejection" || kind === "return" ? 1 : 0);
const WIDE = 3 * BADGE;
const GAP = 2;

// `marks` are `{ mark, middle }`, oldest first; `first` and `last` are how far a badge may go to the sides. Each badge is
// `{ kind, count, host, middle, left, width, y, room }`: its line is at `middle`, and `room` is left for a name beside it.
export function arrange(marks, { first, last }) {
  const [upper, lower] = [0, 1].map((lane) => {
    const own = marks.filter(({ mark }) => laneOf(mark) === lane);
    return place(group(own), 10 + 20 * lane, first, last);
  });
  // The upper lane's lines must not go through a name of the lower one.
  for (const badge of lower) {
    const end = badge.left + badge.width;
    const next = upper.find(({ middle }) => middle > end);
    if (next) badge.room = Math.min(badge.room, next.middle - end - GAP);
  }
  return [...upper, ...lower];
}

function group(marks) {
  const groups = [];
  for (const { mark: { kind, host }, middle } of marks) {
    const same = groups.findLast((group) => group.kind === kind);
    if (same && middle - same.middle < WIDE + GAP) same.count += 1;
    else groups.push({ kind, host, middle, count: 1 });
  }
  return groups;
}

// From the right, as time runs out there: whoever has no room goes to the left.
function place(groups, y, first, last) {
  let end = last;
  for (const badge of groups.toReversed()) {
    badge.width = badge.count > 1 ? WIDE : 2 * BADGE;
    badge.left = Math.max(first, Math.min(badge.middle - badge.width / 2, end - badge.width));
    badge.room = end - badge.left - badge.width - GAP;
    badge.y = y;
    end = badge.left - GAP;
  }
  return groups;
}
