"""Writes docs/generated/evaluation.md: how often an evaluation closes an organisation although nothing changes.

Usage: ``python docs/build_evaluation.py > docs/generated/evaluation.md``; for ``make docs``. Every number on the page
comes from runs made while the page is written.
"""

import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.ecosystem.processes.evaluation import score_rule, year_of
from klyngesim.results.indicators import index
from klyngesim.scenario import periods
from klyngesim.scenario.loading import from_mapping, load
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.schema import Scenario

SEEDS = range(1, 41)
THRESHOLDS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
YEARS = (1, 2, 3, 5)
EVALUATIONS = tuple(periods.parse(f"{year}Q1") for year in (2030, 2035, 2040))
"""Quarters that follow an evaluation; the one at the end of 2044 falls on a renewal."""
SHIPPED = ("r3-evaluation", "r3-ten-years", "staged-competition")
STEADY = {
    "name": "steady",
    "extends": "baseline",
    "period": {"end": "2044Q4"},
    "parameters": {"grant.indexation": 1, "scarcity.money": "off", "evaluation.incentive": 0},
    "mechanisms": {"disable": ["M012", "M013", "M034"]},
}
"""Nothing changes: the grant follows prices, nobody fails, and nobody minds what support is expected."""


class Rate(NamedTuple):
    """Closures and evaluations.

    Attributes:
        closed: organisations that lost the grant.
        evaluated: evaluations that were made; who is closed is not evaluated again.
    """

    closed: int
    evaluated: int

    def __str__(self) -> str:
        """The rate with the numbers behind it."""
        return f"{self.closed / self.evaluated:.1%} ({self.closed:,} of {self.evaluated:,})"


def steady(threshold: float) -> Scenario:
    """The scenario in which nothing changes, with evaluations every fifth year from 2025."""
    rule = {"evaluation.every_years": 5, "evaluation.threshold": threshold}
    return from_mapping({**STEADY, "timeline": [{"from": "2025Q1", "announced": "2024Q4", "set": rule}]}, "steady")


def scores(seed: int) -> np.ndarray:
    """Scores if nobody is closed, by number of years judged, evaluation and organisation, shape (4, 3, O)."""
    model = Ecosystem(steady(0.0), seed)
    found = np.zeros((len(YEARS), len(EVALUATIONS), model.world.count))
    for place, following in enumerate(EVALUATIONS):
        while model.period < following:
            model.step()
        here = model.world.organisations
        for row, years in enumerate(YEARS):
            for organisation in range(model.world.count):
                recent = year_of(here.score_history[organisation], years)
                found[row, place, organisation] = score_rule(recent, here.score_start[organisation])
    return found


def rate(found: np.ndarray, threshold: float) -> Rate:
    """Closures at a threshold, from scores by run, evaluation and organisation; the closed are not scored again."""
    open_, closed, evaluated = np.ones(found[:, 0].shape, dtype=bool), 0, 0
    for place in range(found.shape[1]):
        lost = open_ & (found[:, place] < threshold)
        evaluated += int(open_.sum())
        closed += int(lost.sum())
        open_ &= ~lost
    return Rate(closed, evaluated)


def counted(runs: Iterable[np.ndarray]) -> Rate:
    """Grants withdrawn and evaluations made, from the indicators of runs."""
    both = [index("organisations_withdrawn"), index("organisations_evaluated")]
    closed, evaluated = sum(run[:, -1, both].sum(axis=0) for run in runs)
    return Rate(int(closed), int(evaluated))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def page(found: np.ndarray, shipped: dict[str, Rate]) -> str:
    """The page: ``found`` are scores by run, number of years, evaluation and organisation."""
    years = round(float(registry().default("evaluation.score_years")))
    threshold = float(registry().default("evaluation.threshold"))
    usual = found[:, YEARS.index(years)]
    spread = [
        (str(number), f"{found[:, row].mean():.3f}", f"{found[:, row].std():.3f}") for row, number in enumerate(YEARS)
    ]
    return "\n\n".join(
        (
            "# Evaluations when nothing has changed",
            "Written by `docs/build_evaluation.py` from runs at full scale to 2044, seeds "
            f"{SEEDS.start}-{SEEDS.stop - 1}. The rule stands in section 7.12 of the [model description](../odd.md).",
            "**What is asked.** An evaluation holds the last years of an organisation against its own start. Years "
            "differ by chance, so that some organisations score low although nothing has changed with them. Here the "
            "grant follows prices, nobody runs out of money, nobody minds what support is expected (M012, M013 and "
            "M034 are off) and being evaluated adds no effort (`evaluation.incentive` is 0); evaluations come every "
            f"five years from 2025, {len(EVALUATIONS)} of them. Who is closed is not followed and not evaluated again.",
            f"**The answer.** With {years} years judged together and a threshold of {threshold:g} (the defaults of "
            f"`evaluation.score_years` and `evaluation.threshold`) an evaluation closes {rate(usual, threshold)} "
            "although nothing has changed.",
            "## Organisations closed by an evaluation, by threshold and by the number of years judged together",
            table(
                ("threshold", *(f"{number} {'year' if number == 1 else 'years'}" for number in YEARS)),
                [(f"{low:g}", *(str(rate(found[:, row], low)) for row in range(len(YEARS)))) for low in THRESHOLDS],
            ),
            "## Scores if nobody is closed",
            "The mean lies above 1 because private money grows in real terms with members and projects.",
            table(("years judged together", "mean score", "standard deviation"), spread),
            "## The shipped scenarios with evaluations",
            "As they are, with prices, failures, fear and effort, to 2044: what is closed here has changed for the "
            "worse, or had bad luck.",
            table(("scenario", "closed by an evaluation"), [(f"`{name}`", str(one)) for name, one in shipped.items()]),
        )
    )


def runs_of(name: str) -> list[np.ndarray]:
    """Indicators of a shipped scenario to 2044, one run for every other seed."""
    case = load(name, ["period.end=2044Q4"])
    return [Ecosystem(case, seed).run().indicators for seed in SEEDS[::2]]


def main() -> int:
    """Prints the page."""
    found = np.stack([scores(seed) for seed in SEEDS])
    sys.stdout.buffer.write((page(found, {name: counted(runs_of(name)) for name in SHIPPED}) + "\n").encode("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
