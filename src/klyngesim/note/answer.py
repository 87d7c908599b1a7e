"""The half page on a variant: what would change, from when, at what cost, what it hangs on, and how sure that is.

Every paragraph answers one question in plain words, in things (firms, projects, kroner) beside per cent. No id of a
parameter stands here; assumptions are named by the question that is open about them, and listed in the annex.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from klyngesim.note import cells
from klyngesim.note.answer_basis import costs, hangs, sure
from klyngesim.note.things import THINGS, noun, settings, sure_of, thing, thing_of
from klyngesim.report.comparison_data import Comparison, Difference
from klyngesim.report.numbers import Lang, number, percent
from klyngesim.report.words import baseline_as, inside, listed, span, who, word
from klyngesim.results.comparison import FEWEST, SURE
from klyngesim.results.csv_tables import value

OTHERS = 3
"""Other sure changes, and organisations, that the half page names; the tables have all."""


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
            ("costs", costs(found, variant, lang)),
            ("hangs", hangs(found, variant, every, lang)),
            ("sure", sure(found, variant, every, lang)),
        )
    said = tuple(Paragraph(word(f"half_{key}", lang), tuple(sentences)) for key, sentences in parts)
    return Answer(variant, found.title(variant, lang), tuple(one for one in said if one.sentences))


def _idle(found: Comparison, variant: str, lang: Lang) -> str:
    sets = found.manifest["nothing_changes"][variant]
    return word("answer_unchanged" if sets else "answer_copy", lang, year=found.windows[-1][-4:])


def _changes(found: Comparison, variant: str, every: Sequence[Difference], lang: Lang) -> Iterator[str]:
    levels = found.levels(found.windows[0])
    things = [one for one in every if one.indicator in THINGS]
    things.sort(key=lambda one: THINGS.index(one.indicator))
    told = [thing(one, levels[variant, one.indicator], lang) for one in things if one.verdict in SURE]
    fill = {"window": span(found.windows[0]), "baseline": baseline_as(found, lang)}
    if told:
        yield word("half_would", lang, items=listed(told, lang), **fill)
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
        more = len(rest) - OTHERS
        key = "half_others_all" if more <= 0 else "half_others_one" if more == 1 else "half_others"
        yield word(key, lang, items=listed(named, lang), n=number(more, lang, 0))
    yield from _where(found, variant, bool(told), lang)
    if not things and not named:
        yield word("half_nothing_sure", lang)


def _where(found: Comparison, variant: str, whole: bool, lang: Lang) -> Iterator[str]:
    """What is sure in the organisations that a variant is about; of one about all, where the programme says nothing.

    Args:
        found: the comparison.
        variant: its name.
        whole: whether a change of the programme is told.
        lang: of the sentences.
    """
    own = {name for _, name, _ in settings(found, variant)}
    rows = list(sure_of(found, variant))
    if "" not in own:
        for name in sorted(own)[:OTHERS]:
            mine = sorted((row for row in rows if row["who"] == name), key=lambda row: THINGS.index(row["what"]))
            items = listed([thing_of(row, lang) for row in mine], lang)
            key = "half_own" if mine else "half_own_none"
            yield word(key, lang, who=who("organisation", name, lang), items=items)
    elif not whole:
        rows = [row for row in rows if row["relative"]]
        rows.sort(key=lambda row: -abs(value(row["relative"])))
        told = [
            word("half_in", lang, who=who("organisation", row["who"], lang), what=thing_of(row, lang))
            for row in rows[:OTHERS]
        ]
        if told:
            yield word("half_where", lang, items="; ".join(told))


def _size(one: Difference, lang: Lang) -> str:
    if math.isfinite(one.relative):
        return cells.signed(one.relative, lang)
    return cells.difference(one, lang)


def _when(found: Comparison, variant: str, lang: Lang) -> Iterator[str]:
    """The first year of what is told in things, and where the longer window says something else."""
    first, *later = found.windows
    yield from _begins(found, variant, lang)
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
    for window in later:
        if told := _otherwise(found, variant, window, lang):
            yield word("half_later", lang, window=span(window), items="; ".join(told))


def _begins(found: Comparison, variant: str, lang: Lang) -> Iterator[str]:
    """That the first window holds years before anything of a variant is in force, if it does."""
    starts = [when for _, _, when in settings(found, variant)]
    first, last = int(found.windows[0][:4]), int(found.windows[0][-4:])
    if starts and all(starts):
        year = int(min(starts)[:4])
        if first < year <= last:
            key = "half_begins_one" if year - first == 1 else "half_begins"
            yield word(key, lang, year=year, window=span(found.windows[0]), n=year - first)


def _otherwise(found: Comparison, variant: str, window: str, lang: Lang) -> list[str]:
    """What has another verdict in a window than in the first: what there is more and less of, and what is open."""
    now, then = found.differences(found.windows[0]), found.differences(window)
    by: dict[str, list[str]] = {}
    for name in THINGS:
        key = variant, name
        if key in now and key in then and then[key].verdict not in ("", now[key].verdict):
            by.setdefault(then[key].verdict, []).append(name)
    sizes = [
        word(f"{size}_{name}", lang)
        for verdict, size in (("better", "more"), ("worse", "fewer"))
        for name in by.get(verdict, ())
    ]
    same = [noun(name, lang) for said in ("no difference", "nothing changes") for name in by.get(said, ())]
    told = [listed(sizes, lang)] if sizes else []
    told += [word("half_then_same", lang, items=listed(same, lang))] if same else []
    still = [noun(name, lang) for name in by.get("uncertain", ())]
    return told + ([word("half_then_open", lang, items=listed(still, lang))] if still else [])
