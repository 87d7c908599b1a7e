"""The half page on a variant: what would change, from when, at what cost, what it hangs on, and how sure that is.

Every paragraph answers one question in plain words, in things (firms, projects, kroner) beside per cent. No id of a
parameter stands here; assumptions are named by the question that is open about them, and listed in the annex.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from klyngesim.note import cells
from klyngesim.report.comparison_data import Comparison, Difference
from klyngesim.report.numbers import Lang, mkr, number, percent
from klyngesim.report.words import baseline_as, inside, listed, phrase, span, verdict, who, word
from klyngesim.results.comparison import FEWEST, MAIN, SURE
from klyngesim.results.csv_tables import Row, value

THINGS = (
    "participants_unique_year",
    "members",
    "projects_pilot_started",
    "projects_external_started",
    "external_private_mkr",
)
"""What is told in things: firms, projects and kroner a year. Innovations and social capital rest on priors."""

PAYERS = ("external_public_mkr", "external_eu_mkr", "external_other_mkr")
"""Who else pays; what firms and foundations pay is told among the changes."""

OTHERS = 3
"""Other sure changes that the half page names; the table has all."""

MOVED = 3
"""Changes of which the half page says how the assumptions move them."""

QUESTIONS = 2
"""Open questions that the half page names."""

_IDS = re.compile(r" \([A-Z]+\d+[^)]*\)")  # of mechanisms, levers and evidence, at the end of a question


@dataclass(frozen=True)
class Paragraph:
    """A heading of one or two words, and sentences."""

    head: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What is said about one variant."""

    variant: str
    title: str
    paragraphs: tuple[Paragraph, ...]


def answers(found: Comparison, lang: Lang) -> tuple[Answer, ...]:
    """The half page on every variant."""
    return tuple(_answer(found, variant, lang) for variant in found.variants)


def _answer(found: Comparison, variant: str, lang: Lang) -> Answer:
    by = found.differences(found.windows[0])
    every = [by[variant, name] for name in found.order(variant) if (variant, name) in by]
    parts: Iterable[tuple[str, Iterable[str]]]
    if variant in found.manifest["nothing_changes"]:
        parts = (("changes", [_idle(found, variant, lang)]),)
    elif not every:
        parts = (("changes", [word("answer_nothing", lang)]),)
    else:
        parts = (
            ("changes", _changes(found, variant, every, lang)),
            ("when", _when(found, variant, lang)),
            ("costs", _costs(found, variant, lang)),
            ("hangs", _hangs(found, variant, every, lang)),
            ("sure", _sure(found, variant, every, lang)),
        )
    said = tuple(Paragraph(word(f"half_{key}", lang), tuple(sentences)) for key, sentences in parts)
    return Answer(variant, found.title(variant, lang), tuple(one for one in said if one.sentences))


def _idle(found: Comparison, variant: str, lang: Lang) -> str:
    sets = found.manifest["nothing_changes"][variant]
    return word("answer_unchanged" if sets else "answer_copy", lang, year=found.windows[-1][-4:])


def thing(one: Difference, level: float, lang: Lang) -> str:
    """A change in things: ``138 more members (+5.0 %; 2,747 as today)``."""
    share = cells.signed(one.relative, lang)
    size, before = (amount(one.indicator, value, lang) for value in (abs(one.change), level))
    key = f"thing_{one.indicator}_{'more' if one.change > 0.0 else 'fewer'}"
    return word("thing", lang, what=word(key, lang, n=size), share=share, level=before)


def amount(indicator: str, value: float, lang: Lang) -> str:
    """Kroner, or a count, which is whole from ten on."""
    if indicator.endswith("_mkr"):
        return mkr(value, lang)
    return number(value, lang, 0 if value >= 10.0 else 1)


def noun(indicator: str, lang: Lang) -> str:
    """What is counted, in plain words."""
    return word(f"noun_{indicator}", lang)


def _changes(found: Comparison, variant: str, every: Sequence[Difference], lang: Lang) -> Iterator[str]:
    levels = found.levels(found.windows[0])
    things = [one for one in every if one.indicator in THINGS]
    things.sort(key=lambda one: THINGS.index(one.indicator))
    sure = [thing(one, levels[variant, one.indicator], lang) for one in things if one.verdict in SURE]
    fill = {"window": span(found.windows[0]), "baseline": baseline_as(found, lang)}
    if sure:
        yield word("half_would", lang, items=listed(sure, lang), **fill)
    for key, wanted in (("same", ("no difference", "nothing changes")), ("open", ("uncertain",)), ("none", ("",))):
        names = [noun(one.indicator, lang) for one in things if one.verdict in wanted]
        if names:
            fewest = number(FEWEST, lang, 0)
            yield word(
                f"half_{key}", lang, items=listed(names, lang), effect=percent(found.effect, lang), fewest=fewest
            )
    rest = [one for one in every if one.verdict in SURE and one.indicator not in THINGS]
    named = [f"{inside(one.indicator, lang)} {_size(one, lang)}" for one in rest[:OTHERS]]
    if named:
        key = "half_others" if len(rest) > OTHERS else "half_others_all"
        yield word(key, lang, items=listed(named, lang), n=number(len(rest) - OTHERS, lang, 0))
    if not sure:
        yield from _where(found, variant, lang)
    if not things and not named:
        yield word("half_nothing_sure", lang)


def _where(found: Comparison, variant: str, lang: Lang) -> Iterator[str]:
    """What is sure in single organisations, where nothing told in things is in the programme; the largest first."""
    rows = [
        row
        for row in found.of("gains.csv", scenario=variant, window=found.windows[0], kind="organisation")
        if row["verdict"] in SURE and row["what"] in THINGS and row["relative"]
    ]
    rows.sort(key=lambda row: -abs(value(row["relative"])))
    items = [
        word("half_in", lang, who=who("organisation", row["who"], lang), what=_thing_of(row, lang))
        for row in rows[:OTHERS]
    ]
    if items:
        yield word("half_where", lang, items="; ".join(items))


def _thing_of(row: Row, lang: Lang) -> str:
    change = value(row["mean_difference"])
    size, before = (amount(row["what"], one, lang) for one in (abs(change), value(row["baseline_mean"])))
    what = word(f"thing_{row['what']}_{'more' if change > 0.0 else 'fewer'}", lang, n=size)
    return word("thing", lang, what=what, share=cells.signed(value(row["relative"]), lang), level=before)


def _size(one: Difference, lang: Lang) -> str:
    if math.isfinite(one.relative):
        return cells.signed(one.relative, lang)
    return cells.difference(one, lang)


def _when(found: Comparison, variant: str, lang: Lang) -> Iterator[str]:
    """The first year of what is told in things, and where the longer window says something else."""
    first, *later = found.windows
    years: dict[str, list[str]] = {}
    for row in found.of("onset.csv", scenario=variant, window=first):
        if row["indicator"] in THINGS and row["sign"] in ("1", "-1"):
            year = row["first_year"].partition(".")[0]
            years.setdefault(year, []).append(noun(row["indicator"], lang))
    if len(years) == 1 and "" not in years:
        yield word("half_shows_all", lang, year=next(iter(years)))
        years = {}
    items = [
        word("half_from", lang, year=year, items=listed(years[year], lang)) for year in sorted(filter(None, years))
    ]
    if items:
        yield word("half_shows", lang, items="; ".join(items))
    if "" in years:
        yield word("half_on_average", lang, items=listed(years[""], lang))
    by = found.differences(first)
    for window in later:
        then = found.differences(window)
        turned = [
            word("half_then", lang, what=noun(name, lang), verdict=verdict(then[variant, name].verdict, lang))
            for name in THINGS
            if (variant, name) in by
            and (variant, name) in then
            and then[variant, name].verdict != by[variant, name].verdict
            and then[variant, name].verdict
        ]
        if turned:
            yield word("half_later", lang, window=span(window), items=listed(turned, lang))


def _costs(found: Comparison, variant: str, lang: Lang) -> Iterator[str]:
    rows = {row["funder"]: row for row in found.of("funders.csv", scenario=variant, years=found.windows[0])}
    small = True
    if grant := rows.get("grant_spent_mkr"):
        change, level = value(grant["difference_mkr"]), value(grant["baseline_mkr"])
        small = abs(change) <= found.effect * abs(level)
        key = "half_grant_same" if small else f"half_grant_{'more' if change > 0.0 else 'less'}"
        yield word(key, lang, n=mkr(abs(change), lang), share=cells.signed(change / (level or math.nan), lang))
    known = [(name, rows[name]) for name in PAYERS if name in rows]
    paid = [_payer(name, row, lang) for name, row in known if value(row["low_mkr"]) * value(row["high_mkr"]) > 0.0]
    if paid:
        yield word("half_payers", lang, items=listed(paid, lang))
    by = found.differences(found.windows[0])
    for row in found.of("value.csv", scenario=variant, window=found.windows[0]):
        priced = row["outcome"] in ("participants_unique_year", "projects_external_started") and row["mkr_per_unit"]
        # What was just said to be no appreciable change, or cannot be decided, has no price.
        known_of_it = by.get((variant, row["outcome"]))
        told = known_of_it is None or known_of_it.verdict in ("better", "worse")
        if priced and told and not small:
            key = "half_price_paid" if value(row["extra_public_mkr"]) > 0.0 else "half_price_saved"
            price = kroner(value(row["mkr_per_unit"]), lang)
            yield word(key, lang, price=price, what=word(f"one_{row['outcome']}", lang))


def kroner(mio: float, lang: Lang) -> str:
    """A price: in kroner below a million, to three digits that count."""
    if abs(mio) >= 1.0:
        return mkr(mio, lang)
    return word("kroner", lang, n=number(float(f"{1e6 * mio:.3g}"), lang, 0))


def _payer(name: str, row: Row, lang: Lang) -> str:
    change = value(row["difference_mkr"])
    direction = word("payer_more" if change > 0.0 else "payer_less", lang)
    return word("payer", lang, who=word(f"payer_{name}", lang), n=mkr(abs(change), lang), direction=direction)


def _hangs(found: Comparison, variant: str, every: Sequence[Difference], lang: Lang) -> Iterator[str]:
    """What the draws over tenable assumptions leave of the answer, and the questions that decide."""
    drawn = [one for one in every if one.wide is not None and one.indicator in THINGS]
    if not drawn:
        yield word("half_not_drawn" if found.manifest["over"] != "tenable" else "half_no_range", lang)
        return
    drawn.sort(key=lambda one: THINGS.index(one.indicator))
    moved = [one for one in drawn if one.outlook in ("turns", "weakens", "open")]
    holds = [noun(one.indicator, lang) for one in drawn if one.outlook == "holds"]
    if moved:
        moved.sort(key=lambda one: one.outlook != "turns")
        yield word("half_moved", lang, items="; ".join(_shares(one, lang) for one in moved[:MOVED]))
    if holds:
        yield word("half_holds", lang, items=listed(holds, lang))
    questions = found.questions(variant)
    asked = dict.fromkeys(
        questions[name]
        for one in (*moved, *(one for one in drawn if one.outlook == "holds"))
        for name, _ in (one.wide.decided_by if one.wide else ())
        if name in questions
    )
    named = [_IDS.sub("", phrase(one, lang).text) for one in list(asked)[:QUESTIONS]]
    if named:
        yield word("half_questions" if len(named) > 1 else "half_question", lang, items=" ".join(named))


def _shares(one: Difference, lang: Lang) -> str:
    """``members: more in 30 %, fewer in 45 % of the runs (in use: 90 % and 0 %)``."""
    assert one.wide is not None
    up, down = one.wide.better, one.wide.worse
    up_in_use, down_in_use = one.wide.in_use
    shares = {"up": up, "down": down, "up_in_use": up_in_use, "down_in_use": down_in_use}
    what = noun(one.indicator, lang)
    return word(
        "half_shares", lang, what=what, **{name: number(100.0 * share, lang, 0) for name, share in shares.items()}
    )


def _sure(found: Comparison, variant: str, every: Sequence[Difference], lang: Lang) -> Iterator[str]:
    """One word for all of it, and what stands behind."""
    told = [one for one in every if one.indicator in THINGS]
    things = [one for one in told if one.verdict in SURE]
    looks = {one.outlook for one in things}
    if not things:
        none = all(one.verdict in ("no difference", "nothing changes") for one in told)
        key = "half_sure_none" if none else "half_sure_nothing"
    elif looks == {"holds"}:
        key = "half_sure_part" if any(one.verdict == "uncertain" for one in told) else "half_sure_holds"
    elif looks & {"turns"}:
        key = "half_sure_turns"
    else:
        key = "half_sure_weakens" if looks & {"weakens"} else "half_sure_chance"
    if told:
        yield word(key, lang)
    behind = len(found.contested(variant))
    key = {0: "half_behind_data", 1: "half_behind_one"}.get(behind, "half_behind")
    yield word(key, lang, n=number(_pairs(found), lang, 0), k=behind)
    few = found.missing_pairs()
    if any(one == variant and name in MAIN for one, name in few):
        yield word("half_more_runs", lang)


def _pairs(found: Comparison) -> int:
    return int(found.manifest["pairs"]["made"])
