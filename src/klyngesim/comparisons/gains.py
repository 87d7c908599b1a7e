"""Who gains and who loses: organisations, and classes of firms by what their ideas enter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from klyngesim.comparisons.differences import Paired, paired, verdict
from klyngesim.results.comparison import Verdict
from klyngesim.results.indicators import INDICATORS
from klyngesim.results.vocabulary import FIRM_CLASSES, STAGE

if TYPE_CHECKING:
    from klyngesim.comparisons.pairs import Runs

Kind = Literal["organisation", "firm class"]

_WHO = ("participants_unique_year", "members", "projects_external_started", "staff_fte", "cash_mkr")
_STEPS = ("dissemination", "matchmaking", "external_project", "innovation")


@dataclass(frozen=True)
class Gain:
    """A row of gains.csv: who gains and who loses.

    who   an organisation or a class of firms
    what  an indicator, or ideas that enter a stage
    """

    scenario: str
    window: str
    kind: Kind
    who: str
    what: str
    baseline_mean: float
    mean_difference: float
    low: float
    high: float
    relative: float
    verdict: Verdict


def gains(runs: Runs) -> Iterator[Gain]:
    """Who gains and who loses, by organisation and by class of firms."""
    for variant in range(1, len(runs.scenarios)):
        for window in range(len(runs.windows)):
            yield from _by_organisation(runs, variant, window)
            yield from _by_class(runs, variant, window)


def _by_organisation(runs: Runs, variant: int, window: int) -> Iterator[Gain]:
    names = runs.organisations
    for indicator in INDICATORS:
        if indicator.id in _WHO:
            for row, name in enumerate(names):
                found = runs.paired(variant, window, indicator.id, row)
                yield _gain(runs, variant, window, "organisation", name, indicator.id, found)


def _by_class(runs: Runs, variant: int, window: int) -> Iterator[Gain]:
    for step in _STEPS:
        for code, name in enumerate(FIRM_CLASSES):
            base, other = (
                np.array([run.moves[window, :, code, STAGE[step]].sum() for run in runs.measured[place]])
                for place in (0, variant)
            )
            yield _gain(runs, variant, window, "firm class", name.id, f"ideas entering {step}", paired(base, other))


def _gain(runs: Runs, variant: int, window: int, kind: Kind, who: str, what: str, found: Paired) -> Gain:
    return Gain(
        scenario=runs.scenarios[variant].name,
        window=runs.windows[window].label,
        kind=kind,
        who=who,
        what=what,
        baseline_mean=found.baseline,
        mean_difference=found.mean,
        low=found.low,
        high=found.high,
        relative=found.relative,
        verdict=verdict(found, 1, runs.smallest_effect * abs(found.baseline)),
    )
