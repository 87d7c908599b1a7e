"""What a page knows, as plain data: factors, surrogates, presets and words, with as many digits as it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from klyngesim.comparisons.differences import Paired, verdict
from klyngesim.comparisons.verdicts import direction
from klyngesim.explorer.bases import Process, Products
from klyngesim.explorer.buttons import Button
from klyngesim.explorer.explored import Explored
from klyngesim.explorer.presets import Preset
from klyngesim.explorer.surrogates import Surrogate
from klyngesim.report import labels, parameter_words
from klyngesim.report.labels import catalogue
from klyngesim.report.numbers import Lang, number, percent, years
from klyngesim.results.comparison import Verdict
from klyngesim.results.indicators import indicator
from klyngesim.results.windows import Floats
from klyngesim.sweeps.design import Factor

WORDS = "explore.csv"
SCRIPT = "js_"
"""What keys of words begin with that the page's script fills in."""

_PARTS = (20, 60)  # of a slider without steps, at least and at most
_DIGITS = 6  # of what is shown, as in comparison.csv


def word(key: str, lang: Lang, **fill: object) -> str:
    """A word of the page; KeyError for one that there is not."""
    text = catalogue(WORDS)[key][lang]
    return text.format(**fill) if fill else text


def payload(found: Explored, lang: Lang) -> dict[str, Any]:
    """Everything that the script of the page reads."""
    return {
        "lang": lang,
        "years": list(found.years),
        "first": found.first,
        "window": list(found.window),
        "levers": found.coding.levers,
        "factors": [_factor(one, lang) for one in found.plan.sweep.factors],
        "level": found.level_basis.terms.tolist(),
        "centres": next((one.basis.centres.tolist() for one in found.surrogates if isinstance(one.basis, Process)), []),
        "terms": next((one.basis.terms.tolist() for one in found.surrogates if isinstance(one.basis, Products)), []),
        "outcomes": [_outcome(found, place, lang) for place in range(len(found.surrogates))],
        "presets": [_preset(found, one, lang) for one in found.presets.presets],
        "trade_off": [found.plan.sweep.file.outcomes.index(name) for name in found.plan.trade_off],
        "smallest_effect": found.presets.runs.smallest_effect,
        "extends": found.plan.extends,
        "beside": found.plan.beside,
        "name": found.plan.sweep.file.name,
        "set": found.plan.sweep.file.set,
        "words": {
            key.removeprefix(SCRIPT): one[lang] for key, one in catalogue(WORDS).items() if key.startswith(SCRIPT)
        },
    }


def _factor(one: Factor, lang: Lang) -> dict[str, Any]:
    assert one.prior is not None  # no switches, no dummy
    entry = one.dated.entry(one.id, 0.0) if one.dated else {}
    entry.pop("set", None)
    return {
        "id": one.id,
        "name": parameter_words.name(one.id, lang),
        "unit": parameter_words.unit(one.id, lang),
        "low": one.prior.low,
        "high": one.prior.high,
        "usual": one.prior.mode,
        "step": one.step or stride(one.prior.low, one.prior.high, one.prior.mode),
        "entry": entry,
    }


def stride(low: float, high: float, usual: float) -> float:
    """Step of a slider without steps: round, with the usual value and both ends on it; else a fortieth of the range.

    The largest that gives parts enough, so that quarters and tenths stand on it.
    """
    for power in range(6, -7, -1):
        for part in (5.0, 2.5, 2.0, 1.0):
            step = part * 10.0**power
            steps = [(high - low) / step, (usual - low) / step]
            if _PARTS[0] <= steps[0] <= _PARTS[1] and all(abs(one - round(one)) < 1e-9 for one in steps):
                return float(f"{step:.{_DIGITS}g}")
    return (high - low) / 40.0


def _outcome(found: Explored, place: int, lang: Lang) -> dict[str, Any]:
    one = found.surrogates[place]
    about = indicator(one.indicator)
    tested = found.validation[place]
    return {
        "id": one.indicator,
        "name": about.label(lang),
        "unit": parameter_words.translated(about.unit, lang),
        "direction": direction(about),
        "share": about.unit.startswith("share"),
        "today": _plain(found.today_usual[:, place]),
        "level": _plain(found.levels[one.indicator]),
        **_basis(one),
        "weights": _plain(one.weights),
        "half": _plain(one.half),
        "half_window": one.half_window,
        "near": one.near,
        "r2": round(tested.r2, 3),
        "coverage": round(tested.coverage, 4),
        "followed": tested.followed,
    }


def _basis(one: Surrogate) -> dict[str, Any]:
    """The lengths of a Gaussian process; products need nothing more."""
    return {"lengths": _plain(one.basis.lengths)} if isinstance(one.basis, Process) else {}


def _preset(found: Explored, one: Preset, lang: Lang) -> dict[str, Any]:
    return {
        "id": one.button.scenario.name,
        "title": one.button.scenario.title[lang],
        "levers": dict(one.button.levers),
        "told": _beyond(one.button, lang),
        "course": _short(one.course.mean[found.first :].T),
        "low": _short(one.course.low[found.first :].T),
        "high": _short(one.course.high[found.first :].T),
        "found": list(_figures(found, one, lang)),
    }


def _beyond(one: Button, lang: Lang) -> str:
    """What the points of a preset have and the line has not; empty where the sliders say it all."""
    told = [
        word(key, lang, names=", ".join(parameter_words.name(id, lang) for id in ids))
        for key, ids in (("without", one.without), ("otherwise", one.otherwise))
        if ids
    ]
    return " ".join([*told, word("points_have_it", lang)]) if told else ""


def _figures(found: Explored, one: Preset, lang: Lang) -> Iterator[Mapping[str, Any]]:
    """What comparison.csv says of every outcome, in the years that verdicts are on."""
    for name in found.plan.sweep.file.outcomes:
        pairs: Paired = one.found[name]
        if not pairs.n:
            yield {"relative": None, "said": word("exact_none", lang, pairs=found.plan.keys.pairs)}
            continue
        effect = found.presets.runs.smallest_effect * abs(pairs.baseline)
        way = direction(indicator(name))
        said = verdict(pairs, way or 1, effect)
        yield {"relative": _short(pairs.relative), "said": _exact(found, name, pairs, spoken(said, way, lang), lang)}


def spoken(said: Verdict, way: int, lang: Lang) -> str:
    """A verdict in words; of what is neither better nor worse, that it is more or less."""
    plain: Mapping[str, str] = {} if way else {"better": "more", "worse": "less"}
    return word(f"{SCRIPT}{plain.get(said, said)}", lang) if said else labels.verdict(said, lang)


def _exact(found: Explored, name: str, pairs: Paired, said: str, lang: Lang) -> str:
    """The sentence on a preset, with the figures as notes print them."""
    share = indicator(name).unit.startswith("share")
    size, unit = (
        (100.0, word("points_unit", lang)) if share else (1.0, parameter_words.translated(indicator(name).unit, lang))
    )
    mean, low, high = (number(size * value, lang) for value in (pairs.mean, pairs.low, pairs.high))
    figures = {"low": low, "high": high, "relative": _signed(percent(pairs.relative, lang, 1), pairs.relative)}
    sentence = word(
        "sentence", lang, change=f"{_signed(mean, pairs.mean)} {unit}", years=span(found), verdict=said, **figures
    )
    return word("exact", lang, pairs=pairs.n) + sentence


def span(found: Explored) -> str:
    """The years that verdicts are on."""
    return years(found.years[found.window[0]], found.years[found.window[-1]])


def _signed(text: str, value: float) -> str:
    return f"+{text}" if value > 0.0 and any(digit in text for digit in "123456789") else text


def _short(values: Floats | float) -> Any:
    """Numbers as comparison.csv has them; None for one that is not there."""
    if np.ndim(values):
        return [_short(one) for one in np.asarray(values)]
    return float(f"{float(values):.{_DIGITS}g}") if np.isfinite(values) else None


def _plain(values: Floats) -> Any:
    """Numbers as they are: they have been rounded where they were made."""
    return np.asarray(values).tolist()
