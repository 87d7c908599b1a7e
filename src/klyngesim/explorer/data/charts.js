// Charts: drawn once, then only their paths change.
const SVG = "http://www.w3.org/2000/svg";
const WIDE = 340, HIGH = 190, LEFT = 60, RIGHT = 8, TOP = 10, LOW = 22;

function made(parent, kind, given = {}, text = "") {
  const one = document.createElementNS(SVG, kind);
  for (const [key, value] of Object.entries(given)) one.setAttribute(key, value);
  one.textContent = text;
  parent.append(one);
  return one;
}

// The next of 1, 2, 2.5, 5, 10 ... that is not below a number.
function round(value) {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return power * [1, 2, 2.5, 5, 10].find(part => part * power >= value * (1 - 1e-12));
}

const x = year => LEFT + (year - D.years[0]) / (D.years.at(-1) - D.years[0]) * (WIDE - LEFT - RIGHT);
const path = points => points.map(([at, to], n) => `${n ? "L" : "M"}${at.toFixed(1)},${to.toFixed(1)}`).join("");

function chart(svg) {
  const grid = made(svg, "g", { class: "axis" });
  const ticks = [0, 0.5, 1].map(() => ({ line: made(grid, "line", { x1: LEFT, x2: WIDE - RIGHT }),
    text: made(grid, "text", { x: LEFT - 6, "text-anchor": "end" }) }));
  const named = D.years.filter((year, at) => at === 0 || year % 5 === 0 && year - D.years[0] > 2);
  for (const year of named) made(grid, "text", { x: x(year), y: HIGH - 5, "text-anchor": "middle" }, year);
  const kinds = ["band", "today", "line"];
  const [band, today, line] = kinds.map(kind => made(svg, "path", { class: kind }));
  return { ticks, band, today, line, points: made(svg, "g", { class: "points" }), low: 0, top: 0 };
}

function scaled(parts, low, top, write) {
  if (parts.low === low && parts.top === top) return;
  Object.assign(parts, { low, top });
  parts.ticks.forEach(({ line, text }, at) => {
    const value = low + at / 2 * (top - low), to = y(parts, value);
    line.setAttribute("y1", to);
    line.setAttribute("y2", to);
    text.setAttribute("y", to + 4);
    text.textContent = write(value);
  });
}

const y = (parts, value) => HIGH - LOW - (value - parts.low) / (parts.top - parts.low) * (HIGH - LOW - TOP);

function draw(parts, found, preset, write) {
  const from = D.first, later = D.years.slice(from);
  const mid = found.apart.map((value, at) => found.today[from + at] + value);
  const above = mid.map((value, at) => value + found.half[at]), below = mid.map((value, at) => value - found.half[at]);
  const exact = preset ? preset.map(one => one.map((value, at) => value === null ? null : found.today[from + at] + value)) : [];
  const known = [...found.today, ...mid, ...exact.flat().filter(value => value !== null)];
  const most = Math.max(...known, ...above), least = Math.min(...known);
  scaled(parts, least < 0 ? -round(-least) : 0, most > 0 || least === 0 ? round(most) : 0, write);
  const placed = values => values.map((value, at) => [x(later[at]), y(parts, Math.max(value, parts.low))]);
  parts.band.setAttribute("d", `${path(placed(above))}L${path(placed(below).reverse()).slice(1)}Z`);
  parts.line.setAttribute("d", path(placed(mid)));
  parts.today.setAttribute("d", path(found.today.map((value, at) => [x(D.years[at]), y(parts, value)])));
  parts.points.replaceChildren();
  if (!preset) return;
  const [means, lows, highs] = exact;
  later.forEach((year, at) => {
    if (means[at] === null) return;
    if (lows[at] !== null) {
      made(parts.points, "line", { x1: x(year), x2: x(year), y1: y(parts, highs[at]), y2: y(parts, lows[at]) });
    }
    made(parts.points, "circle", { cx: x(year), cy: y(parts, means[at]), r: 3.2 });
  });
}

// Two outcomes against each other, in per cent of as today.
const SIDE = 340, EDGE = 56;

function tradeOff(svg, named) {
  const axes = made(svg, "g", { class: "axis" });
  const mid = EDGE + (SIDE - EDGE) / 2, low = SIDE - EDGE;
  made(axes, "line", { x1: EDGE, x2: SIDE, y1: low / 2, y2: low / 2 });
  made(axes, "line", { x1: mid, x2: mid, y1: 0, y2: low });
  made(axes, "text", { x: mid, y: SIDE - 4, "text-anchor": "middle" }, named[0]);
  made(axes, "text", { x: -low / 2, y: 12, transform: "rotate(-90)", "text-anchor": "middle" }, named[1]);
  const ends = [[EDGE, low + 14, "start"], [SIDE - 2, low + 14, "end"], [EDGE - 4, low, "end"], [EDGE - 4, 12, "end"]]
    .map(([at, to, anchor]) => made(axes, "text", { x: at, y: to, "text-anchor": anchor }));
  return { ends, exact: made(svg, "g", { class: "exact" }), own: made(svg, "g", { class: "own" }), mid, low };
}

// Presets without a value are null and keep their numbers; so is the setting where as today is nothing.
function drawTradeOff(parts, own, exact, write) {
  const reach = axis => [...exact.filter(one => one).map(one => Math.abs(one[axis])),
    ...own ? [Math.abs(own[axis]) + own[axis + 2]] : []];
  const far = axis => round(Math.max(0.01, ...reach(axis)) * 1.05);
  const spans = [far(0), far(1)];
  const at = value => parts.mid + value / spans[0] * (SIDE - EDGE) / 2;
  const to = value => parts.low / 2 - value / spans[1] * parts.low / 2;
  [-spans[0], spans[0], -spans[1], spans[1]].forEach((value, n) => { parts.ends[n].textContent = write(value); });
  parts.exact.replaceChildren();
  exact.forEach((pair, n) => {
    if (!pair) return;
    const [one, other] = pair;
    made(parts.exact, "circle", { cx: at(one), cy: to(other), r: 9 });
    made(parts.exact, "text", { x: at(one), y: to(other) + 4, "text-anchor": "middle" }, n + 1);
  });
  parts.own.replaceChildren();
  if (!own) return;
  const [one, other, wide, high] = own;
  made(parts.own, "line", { x1: at(one - wide), x2: at(one + wide), y1: to(other), y2: to(other) });
  made(parts.own, "line", { x1: at(one), x2: at(one), y1: to(other - high), y2: to(other + high) });
  made(parts.own, "circle", { cx: at(one), cy: to(other), r: 4 });
}
