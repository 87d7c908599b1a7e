// Controls, sentences, the address, what can be copied.
const W = D.words, DANISH = D.lang === "da", WINDOW = `${D.years[D.window[0]]}–${D.years[D.window.at(-1)]}`;
const [COMMA, THOUSAND] = DANISH ? [",", "."] : [".", ","];
const by = (id, at) => document.getElementById(at === undefined ? id : `${id}-${at}`);
// An abbreviation ends a sentence with its own point.
const fill = (text, given) => text.replace(/\{(\w+)\}/g, (_, key) => given[key]).replace(/(pct|kr)\.\./g, "$1.");
const usual = () => D.factors.map(one => one.usual);
let values = usual(), preset = null;

// By hand: making the browser's own formats takes half of the time until the page is ready.
function written(value, digits) {
  const [whole, part] = Math.abs(value).toFixed(digits).split(".");
  const text = whole.replace(/\B(?=(\d{3})+$)/g, THOUSAND) + (part ? COMMA + part : "");
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

const decimals = value => Math.abs(value) >= 100 || !value ? 0 : Math.abs(value) >= 1 ? 1 : 2;
const signed = text => /^[−]|^[0.,]+$/.test(text) ? text : `+${text}`;
const percent = share => fill(W.percent, { value: written(100 * share, 1) });

function number(outcome, value) {
  const size = outcome.share ? 100 * value : value;
  return written(size, decimals(size));
}

const unit = outcome => outcome.share ? W.points_unit : outcome.unit;
const axis = outcome => value => outcome.share ? fill(W.percent, { value: written(100 * value, 0) })
  : written(value, Math.abs(value) >= 10 || !value ? 0 : 1);
// A change as a share of as today; a dash where that is nothing.
const relative = found => found.base ? found.mean / Math.abs(found.base) : null;
const share = value => value === null ? "–" : signed(percent(value));

// As few decimals as show a value of a slider.
function shown(factor, value) {
  const digits = [0, 1, 2, 3, 4].find(some => Math.abs(value - value.toFixed(some)) < 1e-9) ?? 4;
  return [written(value, digits), factor.unit].filter(Boolean).join(" ");
}

function word(outcome, said) {
  const plain = { better: "more", worse: "less" }[said];
  return W[outcome.direction === 0 && plain || said];
}

function sentence(outcome, found) {
  if (found.word === "nothing changes") {
    const level = outcome.share ? percent(found.base) : `${number(outcome, found.base)} ${outcome.unit}`;
    return [fill(W.unmoved, { level, years: WINDOW }), ""];
  }
  if (!outcome.followed) return [fill(W.grey, { r2: percent(Math.max(outcome.r2, 0)) }), ""];
  const [low, high] = [found.mean - found.halfMean, found.mean + found.halfMean];
  const said = fill(W.sentence, { years: WINDOW, change: `${signed(number(outcome, found.mean))} ${unit(outcome)}`,
    relative: share(relative(found)), low: number(outcome, low), high: number(outcome, high) });
  return [said, word(outcome, found.word)];
}

const charts = D.outcomes.map((_, at) => chart(by("chart", at)));
const trade = tradeOff(by("trade"), D.trade_off.map(at => D.outcomes[at].name));
const SIGNS = { better: "▲", worse: "▼", "no difference": "=", uncertain: "?", "nothing changes": "=" };
let last = [];

function show() {
  last = D.outcomes.map(outcome => judged(outcome, values));
  const chosen = preset === null ? null : D.presets[preset];
  last.forEach((found, at) => {
    const outcome = D.outcomes[at], [said, verdict] = sentence(outcome, found);
    const points = chosen && [chosen.course[at], chosen.low[at], chosen.high[at]];
    draw(charts[at], found, points, axis(outcome));
    by("said", at).firstChild.data = said;
    by("word", at).textContent = verdict && `${SIGNS[found.word]} ${verdict}`;
    by("word", at).className = `word ${found.word.split(" ")[0]}`;
    by("exact", at).textContent = chosen ? chosen.found[at].said : "";
    by("card", at).classList.toggle("grey", !outcome.followed);
  });
  showTradeOff();
}

function showTradeOff() {
  const both = D.trade_off.map(at => last[at]), [right, up] = both.map(relative);
  const half = both.map(found => found.halfMean / Math.abs(found.base));
  const exact = D.presets.map(one => D.trade_off.map(at => one.found[at].relative));
  const there = pair => pair.includes(null) ? null : pair;
  drawTradeOff(trade, there([right, up, ...half]), exact.map(there), value => signed(percent(value)));
  const [one, other] = D.trade_off.map(at => D.outcomes[at].name);
  by("trade-said").textContent = fill(W.trade, { one, other, x: share(right), y: share(up) });
  const followed = D.trade_off.every(at => D.outcomes[at].followed);
  by("trade").classList.toggle("grey", !followed);
  by("trade-grey").textContent = followed ? "" : W.trade_grey;
}

// What is told and kept once a slider rests: the summary, the scenario, the address.
function settle() {
  const those = said => D.outcomes.filter((one, at) => last[at].word === said && one.followed && one.direction)
    .map(one => one.name).join(", ");
  const told = [["better", W.status_better], ["worse", W.status_worse], ["uncertain", W.status_open]]
    .filter(([said]) => those(said)).map(([said, text]) => fill(text, { names: those(said) }));
  const moved = values.some((value, at) => at < D.levers && value !== D.factors[at].usual);
  by("status").textContent = moved ? told.join(" ") : W.status_none;
  by("yaml").textContent = yaml();
  const kept = D.factors.map((one, at) => [one.id, values[at]]).filter(([, value], at) => value !== D.factors[at].usual);
  if (preset !== null) kept.push(["preset", D.presets[preset].id]);
  history.replaceState(null, "", `#${kept.map(one => one.join("=")).join("&")}`);
}

function pull(at) {
  const one = D.factors[at], slider = by("slider", at);
  slider.value = values[at];
  slider.setAttribute("aria-valuetext", shown(one, values[at]));
  by("value", at).textContent = shown(one, values[at]);
}

// A button, -1 for as today, null for none.
function press(at) {
  preset = at === -1 ? null : at;
  document.querySelectorAll("[data-preset]").forEach(one => {
    one.setAttribute("aria-pressed", at !== null && Number(one.dataset.preset) === at);
  });
  by("beyond").textContent = preset === null ? "" : D.presets[preset].told;
}

// Where a button puts the sliders, -1 for as today.
function settled(at) {
  const set = at < 0 ? {} : D.presets[at].levers;
  return D.factors.map(one => set[one.id] ?? one.usual);
}

function choose(at) {
  values = settled(at);
  press(at);
  D.factors.forEach((_, factor) => pull(factor));
  show();
  settle();
}

// The value of a slider; near the usual one it is the usual one, which need not be on a step.
function read(one, text) {
  const value = Number(Number(text).toFixed(10));
  return Math.abs(value - one.usual) < one.step / 2 ? one.usual : value;
}

// For a shell, and for YAML: in quotes where anything could mean something else there.
const argument = text => /^[\w.\/=+-]+$/.test(text) ? text : `"${text.replace(/["\\$`]/g, "\\$&")}"`;
const scalar = text => /^[\w.\/-]+$/.test(text) ? text : JSON.stringify(text);

function yaml() {
  const moved = D.factors.map((one, at) => [one, values[at]]).filter(([one, value]) => value !== one.usual);
  const levers = moved.filter(([one]) => one.entry.from), rest = moved.filter(([one]) => !one.entry.from);
  const settings = [...D.set, ...rest.map(([one, value]) => `${one.id}=${value}`)]
    .map(one => ` --set ${argument(one)}`).join("");
  const entries = levers.map(([one, value]) => {
    const when = Object.entries(one.entry).map(pair => pair.join(": ")).join(", ");
    return `  - {${when}, set: {${one.id}: ${value}}}`;
  });
  const command = D.beside ? fill(W.command_beside, { file: D.beside }) : W.command;
  return [`# klyngesim explore, ${D.name}, ${D.id}; ${command}`,
    `# klyngesim compare ${argument(D.extends)} my-setting.yaml --over central${settings}`,
    "name: my-setting", `title: {${D.lang}: ${W.my_title}}`, `extends: ${scalar(D.extends)}`,
    ...entries.length ? ["timeline:", ...entries] : []].join("\n") + "\n";
}

function csv() {
  const apart = DANISH ? ";" : ",", cell = value => DANISH ? String(value).replace(".", ",") : String(value);
  const quoted = text => /[;,"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const rows = D.outcomes.flatMap((one, at) => D.years.map((year, n) => {
    const { today, apart: moved, half } = last[at], from = n - D.first;
    const away = from < 0 ? 0 : moved[from], wide = from < 0 ? 0 : half[from];
    const found = [today[n], today[n] + away, away, away - wide, away + wide];
    const figures = found.map(value => cell(Number(value.toPrecision(6))));
    return [quoted(one.name), quoted(one.unit), year, ...figures, one.followed ? W.yes : W.no].join(apart);
  }));
  return `\ufeff${[W.csv.split(",").join(apart), ...rows].join("\r\n")}\r\n`;
}

// Whether a slider or a button of this page puts a factor there.
function reached(one, value) {
  const steps = (value - one.low) / one.step;
  return value >= one.low && value <= one.high && (Math.abs(steps - Math.round(steps)) < 1e-6
    || value === one.usual || D.presets.some(preset => preset.levers[one.id] === value));
}

// The setting in the address, or null if there is anything in it that this page has not written itself.
function addressed(fragment) {
  const found = usual(), seen = new Set();
  let chosen = null;
  if (fragment.length > 2000) return null;
  for (const part of fragment.split("&")) {
    const [id, text] = part.split("="), at = D.factors.findIndex(one => one.id === id);
    if (seen.has(id) || part.split("=").length !== 2) return null;
    seen.add(id);
    if (id === "preset") {
      chosen = D.presets.findIndex(one => one.id === text);
      if (chosen < 0) return null;
      continue;
    }
    if (at < 0 || !/^-?\d{1,9}(\.\d{1,10})?$/.test(text)) return null;
    found[at] = Number(text);
    if (!reached(D.factors[at], found[at])) return null;
  }
  const own = chosen === null || settled(chosen).every((value, at) => value === found[at]);
  return own ? { found, chosen } : null;
}

function arrive() {
  const kept = addressed(location.hash.slice(1));
  if (kept === null || location.hash.length < 2) return choose(-1);
  values = kept.found;
  press(kept.chosen);
  D.factors.forEach((_, at) => pull(at));
  show();
  settle();
}

D.factors.forEach((one, at) => {
  by("slider", at).addEventListener("input", event => {
    values[at] = read(one, event.target.value);
    press(null);
    pull(at);
    show();
  });
  by("slider", at).addEventListener("change", settle);
});
document.querySelectorAll("[data-preset]").forEach(one => {
  one.addEventListener("click", () => choose(Number(one.dataset.preset)));
});
by("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(yaml());
    by("copied").textContent = W.copied;
  } catch {
    getSelection().selectAllChildren(by("yaml"));
    by("copied").textContent = W.select;
  }
});
by("csv").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
  link.download = W.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});
by("print").addEventListener("click", () => print());
addEventListener("hashchange", arrive);
arrive();
