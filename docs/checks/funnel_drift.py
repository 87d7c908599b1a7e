"""Guards on the funnel: whether its stages fill up or run dry, and whether later cohorts fare as the first ones did.

Asked of the untouched baseline as those of `drift` are; each bound says what may move, and why.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from checks.guard import FIRST_YEAR, Floats, Guard, change
from klyngesim.results.records import INHERITED, RunResult
from klyngesim.results.vocabulary import OUTCOME, STAGE, STAGES

BEFORE = (2021, 2023)
"""Years that later ones are held against: those of the report's tables."""

AFTER = (2032, 2034)
"""Years of the last cohorts: those in which the baseline ends."""

STAYS: dict[str, tuple[tuple[str, ...], float, str]] = {
    "unmatched ideas": (
        ("dissemination", "internationalisation"),
        0.10,
        "model: whoever finds nobody leaves within a year, whatever the grant is worth",
    ),
    "matched ideas": (
        ("matchmaking",),
        0.25,
        "referee 5: a flat grant loses a quarter of its value, and the rooms that it pays; who waits for one may wait "
        "as much longer, not ten times as long",
    ),
    "pilots": (("pilot",), 0.15, "model: as long as the grant period lets them be; 2032 is the last year of one"),
    "applications": (("application",), 0.10, "model: calls take as long as they took"),
    "external projects": (
        ("external_project",),
        0.15,
        "model: as long as they were; those that began before 2021 count in the stock",
    ),
}
"""Stages that a stay is watched of, how far it may move, relative, and why."""

COHORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "matched ideas": ("matchmaking", ("pilot", "application")),
    "pilots": ("pilot", ("matchmaking", "innovation", "completed")),
    "applications": ("application", ("external_project", "matchmaking")),
    "external projects": ("external_project", ("innovation", "completed")),
}
"""Stages that a drop-out is watched of, and the outcomes that are none."""

FOLLOWED = "period.end=2038Q4"
"""Override of the baseline under which the cohorts of 2032-2034 are followed to the end."""

MOST_DROPOUT = 0.05
"""Furthest that the drop-out of the last cohorts may be from that of the first ones.

Means of four runs differ by up to half as much by chance; the rest is for the rooms of a grant that loses its value.
"""


def stage_stocks(run: RunResult) -> Floats:
    """Open ideas of the programme by quarter and stage, at the end of the quarter, shape [T, stages]."""
    stock = np.zeros((len(run.indicators), len(STAGES)))
    moves, cohorts = run.funnel, run.cohorts
    there = cohorts.entered == INHERITED
    opening = np.bincount(cohorts.stage[there], cohorts.count[there], len(STAGES))
    np.add.at(stock, (moves.period - run.first_period, moves.to_stage), moves.count)
    np.add.at(stock, (moves.period - run.first_period, moves.from_stage), -moves.count)
    return np.asarray(opening + np.cumsum(stock, axis=0))


def stay(runs: Sequence[RunResult], stages: Sequence[str]) -> Floats:
    """Ideas in some stages together over the ideas that enter them in a quarter, by year: quarters of a stay."""
    inside = [STAGE[name] for name in stages]
    stock, entries = (_by_year([count(run, inside) for run in runs]) for count in (_held, _entries))
    return stock / entries


def _held(run: RunResult, inside: Sequence[int]) -> Floats:
    return np.asarray(stage_stocks(run)[:, inside].sum(axis=1))


def _entries(run: RunResult, inside: Sequence[int]) -> Floats:
    moves = run.funnel
    enters = np.isin(moves.to_stage, inside) & ~np.isin(moves.from_stage, inside)
    by_quarter = np.zeros(len(run.indicators))
    np.add.at(by_quarter, moves.period[enters] - run.first_period, moves.count[enters])
    return by_quarter


def _by_year(quarters: Sequence[Floats]) -> Floats:
    """Sums over runs and the quarters of a year; only whole years."""
    whole = np.sum(quarters, axis=0)
    return np.asarray(whole[: len(whole) // 4 * 4].reshape(-1, 4).sum(axis=1))


def stay_guards(runs: Sequence[RunResult]) -> tuple[Guard, ...]:
    """Guards on the stock of every stage, from runs of the baseline that end in 2027 or later."""
    last = FIRST_YEAR + len(runs[0].indicators) // 4 - 1
    return tuple(
        Guard(
            f"stay of {name}", f"{name} per one that comes, {last - 2}-{last} against {BEFORE[0]}-{BEFORE[1]}",
            change(stay(runs, stages), BEFORE, (last - 2, last)), -most, most, source,
        )
        for name, (stages, most, source) in STAYS.items()
    )  # fmt: skip


def dropout(run: RunResult, name: str, years: tuple[int, int]) -> tuple[float, float]:
    """Drop-out of the ideas that entered a stage (of `COHORTS`) in a span of years, and how many are still there.

    Ideas that end with their organisation are left out: how often that happens has a guard of its own.
    """
    stage, onward = COHORTS[name]
    rows = run.cohorts
    mine = (rows.stage == STAGE[stage]) & (rows.entered >= years[0]) & (rows.entered <= years[1])
    by_outcome = np.bincount(rows.outcome[mine], rows.count[mine], len(OUTCOME))
    still, ended = by_outcome[OUTCOME["open"]], by_outcome[OUTCOME["support_ended"]]
    on = by_outcome[[OUTCOME[word] for word in onward]].sum()
    left = by_outcome.sum() - still - ended
    return float(1.0 - on / left), float(still)


def dropout_guards(runs: Sequence[RunResult]) -> tuple[Guard, ...]:
    """Guards on drop-out by cohort, from runs of the baseline that go on as `FOLLOWED` says."""
    words = f"that began in {AFTER[0]}-{AFTER[1]} less those of {BEFORE[0]}-{BEFORE[1]}, followed to the end"
    source = "model: no cohort fares worse because it comes later"
    found = []
    for name in COHORTS:
        first, last = (float(np.mean([dropout(run, name, years)[0] for run in runs])) for years in (BEFORE, AFTER))
        title, away = f"drop-out of {name}", last - first
        found.append(Guard(title, f"{title} {words}", away, -MOST_DROPOUT, MOST_DROPOUT, source))
    return tuple(found)
