"""Why what stands still does not stand still: the parts of a change from the first years to the last ones.

Without any lever a baseline moves because prices erode a nominal grant and because organisations fail. How much of it
is which is told by the same seeds run again with the one, the other and both of them away; what is left has other
reasons. The parts are shares of the level of the first years: total = both + rest, and what both do beyond the sum of
the one and the other is their interplay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from klyngesim.results.indicators import index, indicator

INDICATORS = ("participants_unique_year", "members", "ties_cluster", "applications_won")
"""What is told apart: reach, members, relations that last, depth."""

FILE = "attribution.csv"

Language = Literal["en", "da"]
LANGUAGES: tuple[Language, ...] = ("en", "da")

Part = Literal["total", "erosion", "failures", "both", "rest"]
PARTS: tuple[Part, ...] = ("total", "erosion", "failures", "both", "rest")

FIRST = (2021, 2023)
"""The years of the report."""
LAST = 3
"""Years at the end of a run that are held against them."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Attribution:
    """A row: a part of a change.

    indicator       what changes
    before, after   the years that are compared
    part            total; erosion of the grant by prices; failures; both of these together; rest
    change          share of the level before
    n               seeds
    """

    indicator: str
    before: str
    after: str
    part: Part
    change: float
    n: int


def years_after(years: Sequence[int]) -> tuple[int, int] | None:
    """The last years of a run that covers ``years``; None where they and those of the report are not both in it."""
    after = (years[-1] - LAST + 1, years[-1]) if years else FIRST
    return after if after[0] > FIRST[1] and years[0] <= FIRST[0] else None


def attribute(years: Sequence[int], runs: Sequence[Floats]) -> list[Attribution]:
    """The parts of the changes of `INDICATORS`.

    Args:
        years: complete years, which `years_after` finds enough.
        runs: the programme by seed, year and indicator as it is, with an indexed grant, without failures and with
            both, each of shape (seeds, years, indicators).
    """
    after = years_after(years)
    if after is None:
        raise ValueError(f"years {list(years)} do not hold {FIRST} and {LAST} later ones")
    rows = []
    for name in INDICATORS:
        as_it_is, indexed, no_failures, neither = (_change(run[:, :, index(name)], years, after) for run in runs)
        parts: dict[Part, float] = {
            "total": as_it_is,
            "erosion": as_it_is - indexed,
            "failures": as_it_is - no_failures,
            "both": as_it_is - neither,
            "rest": neither,
        }
        rows += [Attribution(name, _label(FIRST), _label(after), part, parts[part], len(runs[0])) for part in PARTS]
    return rows


def _label(years: tuple[int, int]) -> str:
    return "-".join(map(str, years))


def _change(values: Floats, years: Sequence[int], after: tuple[int, int]) -> float:
    """Change of the mean over seeds and years from the first span to the last one, as a share of the first."""
    at = np.array(years)
    first, last = (values[:, (at >= low) & (at <= high)].mean() for low, high in (FIRST, after))
    return float(last / first - 1.0) if first > 0.0 else float("nan")


_WORDS = {
    "en": (
        "Why {title} moves from {before} to {after} ({n} seeds, points of the change): {told}.",
        "{label} {total:+.0f} %: erosion of the grant by prices {erosion:+.0f}, failures {failures:+.0f}, both "
        "together {both:+.0f}, rest {rest:+.0f}",
    ),
    "da": (
        "Hvorfor {title} flytter sig fra {before} til {after} ({n} kørsler af hver slags, procentpoint af ændringen): "
        "{told}.",
        "{label} {total:+.0f} pct.: prisernes udhuling af bevillingen {erosion:+.0f}, konkurser {failures:+.0f}, "
        "begge dele sammen {both:+.0f}, resten {rest:+.0f}",
    ),
}


def sentence(rows: Sequence[Attribution], title: str, lang: Language) -> str:
    """The table in a sentence; ``title`` is what moves, such as the name of a scenario."""
    whole, each = _WORDS[lang]
    told = []
    for name in dict.fromkeys(row.indicator for row in rows):
        parts = {row.part: 100.0 * row.change for row in rows if row.indicator == name}
        item = indicator(name)
        told.append(each.format(label=item.label_en if lang == "en" else item.label_da, **parts))
    first = rows[0]
    return whole.format(title=title, before=first.before, after=first.after, n=first.n, told="; ".join(told))
