"""What the half page tells in things: firms, projects and kroner a year, beside per cent."""

from __future__ import annotations

import math
from collections.abc import Iterator

from klyngesim.evidence.organisations import organisation_ids
from klyngesim.note import cells
from klyngesim.report.comparison_data import Comparison, Difference
from klyngesim.report.numbers import Lang, mkr, number
from klyngesim.report.words import word
from klyngesim.results.comparison import SURE
from klyngesim.results.csv_tables import Row, value
from klyngesim.scenario.parameters import registry

THINGS = (
    "participants_unique_year",
    "members",
    "projects_pilot_started",
    "projects_external_started",
    "external_private_mkr",
)
"""What is told in things. Innovations and social capital rest on priors."""

_ALL = 1e-9  # of a level: what is lost of it but for this is all of it


def thing(one: Difference, level: float, lang: Lang) -> str:
    """A change in things: ``138 more members (+5.0 % of 2,747)``."""
    return _said(one.indicator, one.change, one.relative, level, lang)


def thing_of(row: Row, lang: Lang) -> str:
    """The same of a row of gains.csv."""
    change, relative, level = (value(row[column]) for column in ("mean_difference", "relative", "baseline_mean"))
    return _said(row["what"], change, relative, level, lang)


def _said(indicator: str, change: float, relative: float, level: float, lang: Lang) -> str:
    before = amount(indicator, level, lang)
    if level > 0.0 and change <= (_ALL - 1.0) * level:
        return word("thing_all", lang, what=noun(indicator, lang), level=before)
    key = f"thing_{indicator}_{'more' if change > 0.0 else 'fewer'}"
    what = word(key, lang, n=amount(indicator, abs(change), lang))
    if not math.isfinite(relative):
        return word("thing_first", lang, what=what)
    return word("thing", lang, what=what, share=cells.signed(relative, lang), level=before)


def amount(indicator: str, size: float, lang: Lang) -> str:
    """Kroner, or a count, which is whole from ten on and where it is so but for a decimal."""
    if indicator.endswith("_mkr"):
        return mkr(size, lang)
    tenths = round(size, 1)
    if not tenths:
        return number(size, lang)
    return number(size, lang, 0 if size >= 10.0 or tenths.is_integer() else 1)


def kroner(mio: float, lang: Lang) -> str:
    """A price: in kroner below a million, to three digits that count."""
    if abs(mio) >= 1.0:
        return mkr(mio, lang)
    return word("kroner", lang, n=number(float(f"{1e6 * mio:.3g}"), lang, 0))


def noun(indicator: str, lang: Lang) -> str:
    """What is counted, in plain words."""
    return word(f"noun_{indicator}", lang)


def sure_of(found: Comparison, variant: str) -> Iterator[Row]:
    """Rows of gains.csv on organisations, of what is told in things and sure in the first window."""
    for row in found.of("gains.csv", scenario=variant, window=found.windows[0], kind="organisation"):
        if row["verdict"] in SURE and row["what"] in THINGS:
            yield row


def settings(found: Comparison, variant: str) -> Iterator[tuple[str, str, str]]:
    """What a variant sets: parameter, organisation and first quarter; empty = all of them, and from the start on."""
    for row in found.of("inputs.csv", scenario=variant):
        where, *rest = row["path"].removesuffix(".announced").split(".")
        when = rest.pop(0) if where == "timeline" else ""
        who = rest.pop(0) if rest and rest[0] in organisation_ids() else ""
        if where in ("timeline", "clusters", "parameters") and ".".join(rest) in registry():
            yield ".".join(rest), who, when
