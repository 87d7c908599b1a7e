"""What stands under the table of a comparison: what a variant is made of, hangs on and is turned by."""

from typing import TYPE_CHECKING

from klyngesim.cli.console import Language
from klyngesim.cli.summary import word, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from klyngesim.comparisons.breakeven import BreakEven
    from klyngesim.comparisons.decomposition import Contribution
    from klyngesim.comparisons.files import Made
    from klyngesim.comparisons.robustness import Robust

_TOLD = ("participants_unique_year", "members", "projects_external_started")
"""Indicators whose parts are printed: reach, members, depth."""


def idle(changed: "Mapping[str, str]", year: int, lang: Language) -> str:
    """What is said of a variant that changes nothing up to the end of a year.

    Args:
        changed: what it sets all the same, with what that would need.
        year: last year of the windows.
        lang: of the sentence.
    """
    from klyngesim.report.needs import needs

    same = word("compare_idle", lang, year=year)
    if not changed:
        return word("compare_idle_copy", lang, idle=same)
    said = [
        word("compare_idle_needs", lang, setting=called(key, lang), need=needs(need, lang.value))
        if need
        else called(key, lang)
        for key, need in changed.items()
    ]
    return word("compare_idle_sets", lang, idle=same, settings=", ".join(said))


def lines(made: "Made", variant: str, lang: Language) -> "Iterator[str]":
    """All lines under the table of a variant."""
    yield from _made_of([row for row in made.contributions if row.scenario == variant], lang)
    yield from _hangs_on((row for row in made.strengths if row.scenario == variant), lang)
    yield from _turned_by((row for row in made.switched if row.scenario == variant), lang)


def called(id: str, lang: Language) -> str:
    """``length of a UFS grant period [grant.horizon_years]``; the id alone of what has no name."""
    from klyngesim.report.parameter_words import factor

    name = factor(id, lang.value)
    return id if name == id else f"{name} [{id}]"


def _made_of(contributions: "Sequence[Contribution]", lang: Language) -> "Iterator[str]":
    """One line for each part of a variant: what the difference loses without it."""
    from klyngesim.report.words import shown

    mine = [row for row in contributions if row.indicator in _TOLD]
    if mine:
        yield word("compare_made_of", lang, n=max(row.n_pairs for row in mine))
    for part in dict.fromkeys(row.part for row in mine):
        rows = [row for row in mine if row.part == part]
        told = [
            f"{shown(row.indicator, lang.value)} {written(f'{100.0 * row.contribution:+.1f}', lang)}"
            for row in rows
            if row.n_pairs
        ]
        yield f"  {_part(rows[0], lang)}: {', '.join(told) or word('compare_alone', lang)}"


def _part(row: "Contribution", lang: Language) -> str:
    """A part by what it sets, with the lever of the report that it belongs to."""
    from klyngesim.comparisons.decomposition import REST

    if row.part == REST:
        return word("compare_rest", lang)
    set_by_it = ", ".join(called(id, lang) for id in row.parameters.split())
    return set_by_it if row.part in row.parameters.split() else f"{row.part}, {set_by_it}"


def _hangs_on(strengths: "Iterable[BreakEven]", lang: Language) -> "Iterator[str]":
    """One line for each contested parameter whose evidence contains a break-even strength."""
    from klyngesim.report.parameter_words import valued
    from klyngesim.report.words import label, phrase

    found: dict[str, list[BreakEven]] = {}
    for row in strengths:
        if row.inside_evidence and not row.unclear:
            found.setdefault(row.parameter, []).append(row)
    for id, rows in found.items():
        places = ", ".join(
            word(
                "compare_place",
                lang,
                indicator=label(row.indicator, lang.value),
                strength=valued(id, float(f"{row.breakeven:.3g}"), lang.value),
            )
            for row in rows
        )
        low, high = (valued(id, end, lang.value) for end in (rows[0].evidence_low, rows[0].evidence_high))
        why = phrase(rows[0].why, lang.value).text
        yield word("compare_hangs", lang, why=why[:1].upper() + why[1:], id=id, low=low, high=high, places=places)


def _turned_by(switched: "Iterable[Robust]", lang: Language) -> "Iterator[str]":
    """One line for each mechanism or rival rule under which a difference that is sure has the other sign."""
    from klyngesim.report.words import label
    from klyngesim.results.comparison import FEWEST

    found: dict[str, list[str]] = {}
    for row in switched:
        sure = row.n_pairs >= FEWEST and (row.low > 0.0 or row.high < 0.0)
        if row.turns and sure:
            how = "compare_off" if row.kind == "mechanism" else "compare_rival"
            switch = word(how, lang, name=called(row.switch, lang))
            found.setdefault(switch, []).append(label(row.indicator, lang.value))
    for switch, names in found.items():
        yield word("compare_turned", lang, switch=switch, names=", ".join(names))
