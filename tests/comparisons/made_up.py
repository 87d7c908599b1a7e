"""Comparisons of made-up runs: a few numbers by indicator, so that every table can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from klyngesim.comparisons.draws import Lot
from klyngesim.comparisons.pairs import Runs
from klyngesim.evidence.organisations import organisation_ids
from klyngesim.results.indicators import IDS, index
from klyngesim.results.vocabulary import FIRM_CLASSES, STAGES
from klyngesim.results.windows import BY_ORGANISATION, Measured, Window
from klyngesim.scenario.loading import from_mapping, load
from klyngesim.scenario.schema import Scenario

FIRST_YEAR = 2021
LAST_YEAR = 2044
DECADE, TWO_DECADES = Window(2025, 2034), Window(2025, 2044)

FIVE = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""Luck of five pairs: mean 0, deviation root of 2.5."""

T_FOUR = 2.131846786
"""The 95 % point of Student's t with four degrees of freedom (any printed table)."""

Values = Mapping[str, Sequence[float]]
"""The programme's values by indicator, one for each pair, the same in every year."""


def variant(name: str = "variant", **more: object) -> Scenario:
    """A scenario that says what is given otherwise than the baseline."""
    title = {"en": name.capitalize(), "da": name.capitalize()}
    return from_mapping({"name": name, "title": title, "extends": "baseline", **more})


def made_up(
    baseline: Values,
    variants: Mapping[str, Values],
    windows: Sequence[Window] = (DECADE,),
    later: Mapping[str, Values] | None = None,
    yearly: Mapping[tuple[str, str, int], Sequence[float]] | None = None,
    scenarios: Sequence[Scenario] = (),
) -> Runs:
    """A comparison in which every indicator is 100 in every run, except where something else is said.

    Args:
        baseline: what else it is in the baseline, which the variants have too unless they say otherwise.
        variants: what else it is by variant.
        windows: the same values hold in each, but for those of
        later: which hold in the last window only.
        yearly: values of single years by variant, indicator and year.
        scenarios: of the variants; made from their names without them.
    """
    pairs = len(next(iter([*baseline.values(), *(row for one in variants.values() for row in one.values())])))
    measured = [[_run(baseline, pair, len(windows), {}) for pair in range(pairs)]]
    for name, values in variants.items():
        single = {key[1:]: row for key, row in (yearly or {}).items() if key[0] == name}
        runs = [_run({**baseline, **values}, pair, len(windows), single) for pair in range(pairs)]
        for indicator, row in (later or {}).get(name, {}).items():
            for run, value in zip(runs, row, strict=True):
                run.indicators[-1, -1, index(indicator)] = value
        measured.append(runs)
    chosen = tuple(scenarios) or tuple(map(variant, variants))
    lots = [Lot(pair + 1, 0, {}) for pair in range(pairs)]
    return Runs((load("baseline", [f"period.end={LAST_YEAR}Q4"]), *chosen), tuple(windows), lots, measured)


def _run(values: Values, pair: int, windows: int, single: Mapping[tuple[str, int], Sequence[float]]) -> Measured:
    organisations = len(organisation_ids())
    means = np.full((windows, organisations + 1, len(IDS)), 100.0)
    years = np.full((LAST_YEAR - FIRST_YEAR + 1, len(IDS)), 100.0)
    for name, row in values.items():
        means[:, -1, index(name)] = row[pair]
        years[:, index(name)] = row[pair]
    for (name, year), row in single.items():
        years[year - FIRST_YEAR, index(name)] = row[pair]
    moves = np.full((windows, organisations, len(FIRM_CLASSES), len(STAGES)), 10.0)
    return Measured(means, moves, years, np.full((len(years), organisations, len(BY_ORGANISATION)), 100.0))
