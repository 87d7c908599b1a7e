// The surrogates, as klyngesim.explorer.bases and .surrogates have them; the browser tests hold them to each other.
"use strict";
const D = JSON.parse(document.getElementById("data").textContent);
const reach = D.factors.map(one => Math.max(one.high - one.usual, one.usual - one.low));
const asToday = coded => coded.map((value, at) => at < D.levers ? 0 : value);
const centresToday = D.centres.map(asToday);

function code(values) {
  return values.map((value, at) => (value - D.factors[at].usual) / reach[at]);
}

function products(terms, coded) {
  const atoms = [...coded, ...coded.slice(0, D.levers).map(value => Math.max(value, 0)), 1];
  return terms.map(([one, other]) => atoms.at(one) * atoms.at(other));  // -1 is the last one, 1
}

function matern(one, other, lengths) {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += ((one[at] - other[at]) / lengths[at]) ** 2;
  const root = Math.sqrt(5 * sum);
  return (1 + root + root * root / 3) * Math.exp(-root);
}

function process(lengths, coded) {
  const today = asToday(coded);
  const away = point => matern(coded, point, lengths) - matern(today, point, lengths);
  return D.centres.map((centre, at) => away(centre) - away(centresToday[at]));
}

function weighed(features, weights, years) {
  const found = new Array(years).fill(0);
  features.forEach((feature, at) => {
    for (let year = 0; year < years; year++) found[year] += feature * weights[at][year];
  });
  return found;
}

// What the levers change, by year from D.first on.
function difference(outcome, coded) {
  const features = outcome.lengths ? process(outcome.lengths, coded) : products(D.terms, coded);
  return weighed(features, outcome.weights, D.years.length - D.first);
}

// The level as today, by year: of the exact runs where the assumptions are as usual.
function level(outcome, coded) {
  const moved = weighed(products(D.level, coded), outcome.level, D.years.length);
  return outcome.today.map((value, year) => value + moved[year]);
}

// How wide the band is: nothing at as today.
function growth(coded, near) {
  const moved = Math.hypot(...coded.slice(0, D.levers));
  return moved / (moved + near);
}

const inWindow = (course, from) => D.window.reduce((sum, at) => sum + course[at - from], 0) / D.window.length;

function verdict(low, high, direction, effect) {
  const [least, most] = direction < 0 ? [-high, -low] : [low, high];
  if (least > effect) return "better";
  if (most < -effect) return "worse";
  return -effect <= least && most <= effect ? "no difference" : "uncertain";
}

// Everything that is shown of an outcome at a setting.
function judged(outcome, values) {
  const coded = code(values), share = growth(coded, outcome.near), moved = share > 0;
  const apart = difference(outcome, coded), today = level(outcome, coded);
  const mean = inWindow(apart, D.first), half = outcome.half_window * share;
  const base = inWindow(today, 0), effect = D.smallest_effect * Math.abs(base);
  const word = moved ? verdict(mean - half, mean + half, outcome.direction, effect) : "nothing changes";
  return { today, apart, half: outcome.half.map(value => value * share), mean, halfMean: half, word, base, effect };
}
