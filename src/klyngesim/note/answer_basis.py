"""The half page on a variant, continued: what it would cost, what that hangs on, and how sure it is."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from klyngesim.note import cells
from klyngesim.note.things import THINGS, kroner, noun, settings
from klyngesim.report.comparison_data import Comparison, Difference
from klyngesim.report.numbers import Lang, mkr, number
from klyngesim.report.parameter_words import name as called
from klyngesim.report.words import listed, phrase, word
from klyngesim.results.comparison import MAIN, SURE
from klyngesim.results.csv_tables import Row, value
from klyngesim.scenario.levers import unpriced

PAYERS = ("external_public_mkr", "external_eu_mkr", "external_other_mkr")
"""Who else pays; what firms and foundations pay is told among the changes."""

PRICED = ("participants_unique_year", "projects_external_started")
"""What the half page gives a price of."""

MOVED = 3
"""Changes of which the half page says how the assumptions move them, and levers without a price that it names."""

QUESTIONS = 2
"""Open questions that the half page names."""

_IDS = re.compile(r" \([A-Z]+\d+[^)]*\)")  # of mechanisms, levers and evidence, at the end of a question


def costs(found: Comparison, variant: str, lang: Lang) -> Iterator[str]:
    """What the grant and other funders would pay, for what price, and what has none."""
    rows = {row["funder"]: row for row in found.of("funders.csv", scenario=variant, years=found.windows[0])}
    small = True
    if grant := rows.get("grant_spent_mkr"):
        change, level = value(grant["difference_mkr"]), value(grant["baseline_mkr"])
        small = abs(change) <= found.effect * abs(level)
        key = "half_grant_same" if small else f"half_grant_{'more' if change > 0.0 else 'less'}"
        if level > 0.0 and round(change / level, 6) == -1.0:
            key = "half_grant_none"
        yield word(key, lang, n=mkr(abs(change), lang), share=cells.signed(change / (level or math.nan), lang))
    paid = [_payer(name, rows[name], lang) for name in PAYERS if name in rows and _pays(rows[name], found.effect)]
    if paid:
        yield word("half_payers", lang, items=listed(paid, lang))
    if not small:
        yield from _price(found, variant, lang)
    free = [called(key, lang) for key in dict.fromkeys(key for key, _, _ in settings(found, variant)) if unpriced(key)]
    if free:
        more = len(free) - MOVED
        items = free if more <= 0 else [*free[:MOVED], word("half_n_more", lang, n=more)]
        yield word("half_unpriced", lang, items=listed(items, lang))


def _pays(row: Row, effect: float) -> bool:
    """Whether what a funder pays differs for sure, and by more than the smallest effect of interest."""
    change, level = value(row["difference_mkr"]), value(row["baseline_mkr"])
    return value(row["low_mkr"]) * value(row["high_mkr"]) > 0.0 and abs(change) > effect * abs(level)


def _payer(name: str, row: Row, lang: Lang) -> str:
    change = value(row["difference_mkr"])
    direction = word("payer_more" if change > 0.0 else "payer_less", lang)
    return word("payer", lang, who=word(f"payer_{name}", lang), n=mkr(abs(change), lang), direction=direction)


def _price(found: Comparison, variant: str, lang: Lang) -> Iterator[str]:
    """What an additional unit costs, or one given up saves; nothing where some things rise and others fall."""
    by = found.differences(found.windows[0])
    priced = []
    for row in found.of("value.csv", scenario=variant, window=found.windows[0]):
        # What was just said to be no appreciable change, or cannot be decided, has no price.
        known = by.get((variant, row["outcome"]))
        if row["outcome"] in PRICED and row["mkr_per_unit"] and (known is None or known.verdict in ("better", "worse")):
            priced.append(row)
    if not priced:
        return
    paid = value(priced[0]["extra_public_mkr"]) > 0.0
    against = "worse" if paid else "better"
    if any(by[variant, name].verdict == against for name in THINGS if (variant, name) in by):
        return
    fill: dict[str, str] = {}
    for row, mark in zip(priced, ("", "_2"), strict=False):
        price = kroner(value(row["mkr_per_unit"]), lang)
        fill |= {f"price{mark}": price, f"what{mark}": word(f"one_{row['outcome']}", lang)}
    both = "_both" if len(priced) > 1 else ""
    yield word(f"half_price_{'paid' if paid else 'saved'}{both}", lang, **fill)


def hangs(found: Comparison, variant: str, every: Sequence[Difference], lang: Lang) -> Iterator[str]:
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
    """``members up in 30 % and down in 45 % of the runs (at the assumptions in use: up in all runs)``."""
    assert one.wide is not None
    moves, in_use = (_moves(*pair, lang) for pair in ((one.wide.better, one.wide.worse), one.wide.in_use))
    return word("half_shares", lang, what=noun(one.indicator, lang), moves=moves, moves_in_use=in_use)


def _moves(up: float, down: float, lang: Lang) -> str:
    """In how many runs something goes up and down; what happens in none is left out."""
    sides = {"up": 100.0 * up, "down": 100.0 * down}
    told = {side: share for side, share in sides.items() if round(share)}
    if not told:
        return word("moves_none", lang)
    if 100.0 in told.values():
        return word(f"moves_{next(iter(told))}_all", lang)
    moves = [word(f"moves_{side}", lang, n=number(share, lang, 0)) for side, share in told.items()]
    return word("moves_of", lang, moves=listed(moves, lang))


def sure(found: Comparison, variant: str, every: Sequence[Difference], lang: Lang) -> Iterator[str]:
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
    yield word(key, lang, n=number(int(found.manifest["pairs"]["made"]), lang, 0), k=behind)
    few = found.missing_pairs()
    if any(one == variant and name in MAIN for one, name in few):
        yield word("half_more_runs", lang)
