"""The answer of a comparison in sentences: what would be better or worse, what not, and what that leans on.

Every sentence that leans on assumptions carries their numbers, and the list below it says which they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from klyngesim.report import note_cells as cells
from klyngesim.report.comparison_data import Comparison, Difference
from klyngesim.report.note_words import Phrase, label, listed, phrase, shown, span, verdict, word
from klyngesim.report.numbers import Lang, number, percent
from klyngesim.results.comparison import FEWEST, GUARD, MAIN, SURE, Verdict

PRIOR = "A"
"""The mark of what leans on an assumed level alone, with no strength of a lever behind it."""

_FEW = 2
"""Break-even strengths of one assumption that a sentence spells out; more stand in the table only."""


@dataclass(frozen=True)
class Assumption:
    """An assumption with its number in this note."""

    number: int
    parameter: str
    why: Phrase

    @property
    def mark(self) -> str:
        """How sentences point to it."""
        return f"A{self.number}"


@dataclass(frozen=True)
class Sentence:
    """A sentence; ``mark`` names what it leans on (``A1–A4``), empty when that is no assumption."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class Answer:
    """What is said about one variant."""

    variant: str
    title: str
    sentences: tuple[Sentence, ...]
    guardrail: Sentence
    assumptions: tuple[Assumption, ...]

    @property
    def leans(self) -> str:
        """The mark of everything that the variant leans on."""
        return mark_of(self.assumptions, bool(self.assumptions))


def assumptions(found: Comparison, lang: Lang) -> dict[str, Assumption]:
    """Every assumption of the comparison by id, numbered in the order of the file."""
    numbered: dict[str, Assumption] = {}
    for row in found.tables["contested.csv"]:
        name = row["parameter"]
        if name not in numbered:
            numbered[name] = Assumption(len(numbered) + 1, name, phrase(row["why"], lang))
    return numbered


def answers(found: Comparison, lang: Lang) -> tuple[Answer, ...]:
    """The answer for every variant."""
    numbered = assumptions(found, lang)
    return tuple(_answer(found, variant, numbered, lang) for variant in found.variants)


def mark_of(assumed: Sequence[Assumption], leaning: bool) -> str:
    """``A1–A3, A7`` for the assumptions of a variant; the bare mark where only a level is assumed."""
    if not leaning:
        return ""
    spans: list[list[int]] = []
    for one in sorted(each.number for each in assumed):
        if spans and one - 1 in spans[-1]:
            spans[-1].append(one)
        else:
            spans.append([one])
    return ", ".join("–".join(f"A{end}" for end in sorted({one[0], one[-1]})) for one in spans) or PRIOR


def _answer(found: Comparison, variant: str, numbered: Mapping[str, Assumption], lang: Lang) -> Answer:
    names = {row["parameter"] for row in found.contested(variant)}
    behind = tuple(one for name, one in numbered.items() if name in names)
    first, *later = found.windows
    by, order = found.differences(first), found.order(variant)
    every = [by[variant, name] for name in order if (variant, name) in by]
    idle = found.manifest["nothing_changes"].get(variant)
    if idle is not None:
        levers = [word("answer_needs", lang, lever=key, need=need) if need else key for key, need in idle.items()]
        key = "answer_unchanged" if levers else "answer_copy"
        text = word(key, lang, levers=listed(levers, lang), year=found.windows[-1][-4:])
        said = [Sentence(text, mark_of(behind, bool(behind)))]
    else:
        said = [
            *_verdicts(found, every, behind, lang),
            *(one for window in later for one in _changes(found, every, window, behind, lang)),
            *_turns(found, variant, behind, lang),
        ]
    guard = by.get((variant, GUARD))
    return Answer(variant, found.title(variant, lang), tuple(said), _guardrail(found, guard, behind, lang), behind)


def _verdicts(
    found: Comparison, every: Sequence[Difference], behind: Sequence[Assumption], lang: Lang
) -> list[Sentence]:
    """A sentence for each verdict: every sure change, and of the main indicators all else."""
    said = []
    for kind in get_args(Verdict):
        group = [one for one in every if one.verdict == kind and (kind in SURE or one.indicator in MAIN)]
        if group:
            text = word(
                f"answer_{kind.replace(' ', '_') or 'none'}",
                lang,
                window=span(found.windows[0]),
                baseline=found.title(found.manifest["baseline"], lang),
                items=listed(_items(sorted(group, key=_size), lang), lang),
                effect=percent(found.effect, lang),
                fewest=number(FEWEST, lang, 0),
            )
            said.append(Sentence(text, mark_of(behind, any(one.assumed for one in group))))
    if not every:
        said.append(Sentence(word("answer_nothing", lang)))
    return said


def _size(one: Difference) -> float:
    """Sorts the largest change first; what the baseline has nothing of comes before all."""
    return -math.inf if math.isnan(one.relative) else -abs(one.relative)


def _items(group: Iterable[Difference], lang: Lang) -> list[str]:
    return [_item(one, lang) for one in group]


def _item(one: Difference, lang: Lang) -> str:
    name = _inside(one.indicator, lang)
    return name if one.verdict == "nothing changes" else f"{name} {cells.difference(one, lang)}"


def _inside(indicator: str, lang: Lang) -> str:
    """Name of an indicator inside a sentence, with what is always equal to it."""
    return " = ".join(map(_lower, shown(indicator, lang).split(" = ")))


def _lower(name: str) -> str:
    """A label inside a sentence: without the capital, unless it begins with an abbreviation (``EU``, ``FoU``)."""
    return name[:1].lower() + name[1:] if name[1:3].islower() else name


def _changes(
    found: Comparison, first: Sequence[Difference], window: str, behind: Sequence[Assumption], lang: Lang
) -> list[Sentence]:
    """Where a later window would say something else."""
    by = found.differences(window)
    pairs = [(one, by[one.scenario, one.indicator]) for one in first]
    others = sorted((later for one, later in pairs if later.verdict != one.verdict), key=_size)
    leaning = mark_of(behind, any(one.assumed for one in (others or first)))
    if not others:
        said_any = any(one.verdict for one in first)
        return [Sentence(word("answer_same", lang, window=span(window)), leaning)] if said_any else []
    items = [f"{item}: {verdict(one.verdict, lang)}" for item, one in zip(_items(others, lang), others, strict=True)]
    return [Sentence(word("answer_changes", lang, window=span(window), items="; ".join(items)), leaning)]


def _turns(found: Comparison, variant: str, behind: Sequence[Assumption], lang: Lang) -> list[Sentence]:
    """Which assumptions could turn the answer without leaving their evidence."""
    rows = list(found.of("breakeven.csv", scenario=variant))
    inside: dict[str, list[str]] = {}
    unclear = 0
    for row in rows:
        if row["inside_evidence"] != "yes" or not row["breakeven"]:
            continue
        if row["unclear"] == "yes":
            unclear += 1
        else:
            strength = cells.strength(row["breakeven"], lang).text
            inside.setdefault(row["parameter"], []).append(
                word("answer_at", lang, item=_lower(label(row["indicator"], lang)), strength=strength)
            )
    if not rows:
        return []
    if not inside:
        key = "answer_unclear" if unclear else "answer_no_turn"
        return [Sentence(word(key, lang, n=number(unclear, lang, 0)), mark_of(behind, True))]
    known = {one.parameter: one for one in behind}
    items = [
        f"{name} ({listed(places, lang)})"
        if len(places) <= _FEW
        else f"{name} ({word('answer_several', lang, n=number(len(places), lang, 0))})"
        for name, places in inside.items()
    ]
    hinges = [known[name] for name in inside if name in known]
    return [Sentence(word("answer_turns", lang, items="; ".join(items)), mark_of(hinges, True))]


def _guardrail(found: Comparison, guard: Difference | None, behind: Sequence[Assumption], lang: Lang) -> Sentence:
    if guard is None:
        return Sentence(word("answer_nothing", lang))
    text = word(
        "guardrail_line",
        lang,
        title=found.title(guard.scenario, lang),
        verdict=verdict(guard.verdict, lang),
        difference=cells.difference(guard, lang),
    )
    return Sentence(text, mark_of(behind, guard.assumed))


def limits(found: Comparison, lang: Lang) -> list[str]:
    """What the comparison cannot say, before it says anything."""
    pairs = found.manifest["pairs"]
    made = int(pairs["made"])
    said = [
        word("limit_report", lang),
        word("limit_levels", lang),
        word("limit_model", lang),
        word("limit_effect", lang, effect=percent(found.effect, lang)),
        word("limit_pairs", lang, n=number(made, lang, 0), over=word(f"over_{found.manifest['over']}", lang)),
        word("limit_windows", lang, windows=listed(map(span, found.windows), lang)),
        word("limit_price", lang),
    ]
    if pairs.get("failed") or pairs.get("skipped"):
        lost = number(len(pairs.get("failed") or ()), lang, 0), number(pairs.get("skipped") or 0, lang, 0)
        said.append(word("limit_lost", lang, failed=lost[0], skipped=lost[1]))
    scale = float(found.manifest["scenarios"][0].get("population", {}).get("scale", 1.0))
    if scale < 1.0:
        said.append(word("limit_scale", lang, ratio=number(1.0 / scale, lang, 0)))
    said.append(enough(found, lang))
    return said


def enough(found: Comparison, lang: Lang) -> str:
    """Whether there are pairs enough, and if not how many are missing and for what."""
    missing = found.missing_pairs()
    if found.manifest["enough"] or not missing:
        return word("limit_enough" if found.manifest["enough"] else "limit_not_enough", lang)
    known = {key: needed for key, needed in missing.items() if math.isfinite(needed)}
    if not known:
        return word("limit_not_enough", lang)
    (variant, name), most = max(known.items(), key=lambda item: item[1])
    return word(
        "limit_missing",
        lang,
        more=number(most - int(found.manifest["pairs"]["made"]), lang, 0),
        open=number(len(missing), lang, 0),
        all=number(len(found.variants) * len(MAIN), lang, 0),
        indicator=_lower(label(name, lang)),
        title=found.title(variant, lang),
    )
