// The parts of a running demo as a picture: every process, where it listens, and who talks to whom.

const WIDTH = 860;
const HEIGHT = 384;
/** The column of replicas, and what each of them takes of it. */
const REPLICAS = { x: 650, y: 92, width: 190, height: 46, step: 56 };

const STYLE = `
    text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
    .bold { font-weight: 600; }
    .soft { fill: #59636e; font-size: 12px; }
    .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 12px; }
    .page { fill: #ffffff; stroke: #d0d7de; }
    .program { fill: #f6f8fa; stroke: #59636e; }
    .part { fill: #ffffff; stroke: #59636e; }
    .out { fill: #fff1e5; stroke: #bc4c00; stroke-width: 2; stroke-dasharray: 5 3; }
    .cut { stroke: #bc4c00; stroke-width: 2; stroke-dasharray: 5 3; fill: none; }
    .cross { fill: #bc4c00; font-size: 20px; font-weight: 600; }
    .way { stroke: #1f6feb; stroke-width: 2; fill: none; }
    .control { stroke: #59636e; stroke-dasharray: 4 4; fill: none; }
    #end path { fill: #1f6feb; }
    #control-end path { fill: #59636e; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .soft { fill: #9198a1; }
      .page { fill: #0d1117; stroke: #3d444d; }
      .program { fill: #151b23; stroke: #9198a1; }
      .part { fill: #0d1117; stroke: #9198a1; }
      .out { fill: #2d1f13; stroke: #f0883e; }
      .cut { stroke: #f0883e; }
      .cross { fill: #f0883e; }
      .way { stroke: #58a6ff; }
      .control { stroke: #9198a1; }
      #end path { fill: #58a6ff; }
      #control-end path { fill: #9198a1; }
    }`;

const address = (url) => url.replace(/^http:\/\//, "").replace(/\/$/, "");

/** A rectangle with lines of text in its middle; the first one is its name. */
function box(style, x, y, width, height, [name, ...lines]) {
  const middle = x + width / 2;
  const top = y + height / 2 - lines.length * 8.5 + 4.5;
  const text = lines.map((line, index) =>
    `<text class="mono" x="${middle}" y="${top + 17 * (index + 1)}" text-anchor="middle">${line}</text>`);
  return `<rect class="${style}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>
  <text class="bold" x="${middle}" y="${top}" text-anchor="middle">${name}</text>${text.join("")}`;
}

function arrow(style, path) {
  return `<path class="${style}" d="${path}" marker-end="url(#${style === "way" ? "end" : "control-end"})"/>`;
}

function replica({ name, uid, address }, index, { mesh }) {
  const y = REPLICAS.y + index * REPLICAS.step;
  const out = mesh.state === "ejected";
  const { x, width, height } = REPLICAS;
  const middle = y + height / 2;
  return `${box(out ? "out" : "program", x, y, width, height, [`${name}${out ? ", ejected" : ""}`, `${uid.slice(0, 8)} ${address}`])}
  ${out ? `<path class="cut" d="M 540 236 C 590 236, 590 ${middle}, ${x - 22} ${middle}"/>
  <text class="cross" x="${x - 13}" y="${middle + 6}" text-anchor="middle">×</text>` : arrow("way", `M 540 236 C 590 236, 590 ${middle}, ${x - 4} ${middle}`)}`;
}

/**
 * The picture as SVG: `ready` is what \`outlier-demo up --json\` printed, `hosts` what \`/hosts\` says of each replica,
 * by uid.
 */
export function diagram(ready, hosts) {
  const colorapps = ready.replicas.filter(({ name }) => name.startsWith("colorapp-"));
  const front = ready.replicas.find(({ name }) => name.startsWith("front-"));
  const marker = (id) => `<marker id="${id}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M 0 0 L 10 5 L 0 10 z"/></marker>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="The parts of the demo">
  <style>${STYLE}
  </style>
  <defs>${marker("end")}${marker("control-end")}</defs>
  <rect class="page" x=".5" y=".5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="6"/>
  ${box("part", 20, 204, 100, 64, ["client", "browser", "curl"])}
  <rect class="program" x="150" y="180" width="400" height="160" rx="6"/>
  <text class="bold" x="350" y="328" text-anchor="middle">ingress, the data plane</text>
  ${box("part", 160, 204, 138, 64, ["gateway listener", address(ready.gateway)])}
  ${box("part", 402, 204, 138, 64, ["egress listener", address(ready.egress)])}
  <text class="soft" x="471" y="286" text-anchor="middle">detects outliers</text>
  ${box("part", 306, 252, 88, 50, ["admin", `:${new URL(ready.admin).port}`])}
  ${box("program", 270, 60, 160, 56, [front.name, `${front.uid.slice(0, 8)} ${address(front.address).replace(/^.*:/, ":")}`])}
  ${arrow("way", "M 120 236 L 156 236")}
  ${arrow("way", "M 229 204 L 229 88 L 266 88")}
  ${arrow("way", "M 430 88 L 471 88 L 471 200")}
  ${arrow("control", "M 350 116 L 350 248")}
  <text class="soft" x="342" y="150" text-anchor="end">who is out,</text>
  <text class="soft" x="342" y="166" text-anchor="end">why, until when</text>
  ${arrow("control", `M 430 72 L ${REPLICAS.x + REPLICAS.width / 2} 72 L ${REPLICAS.x + REPLICAS.width / 2} ${REPLICAS.y - 4}`)}
  <text class="soft" x="440" y="62">control ports of all replicas: fault, recover; no mesh touches them</text>
  ${colorapps.map((one, index) => replica(one, index, hosts.get(one.uid))).join("\n  ")}
  <text class="soft" x="20" y="36">Blue: a request for a color. Dashed: what front asks and tells besides.</text>
</svg>
`;
}
