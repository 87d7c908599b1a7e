"""Everything that a page shows, made from a plan: exact pairs, surrogates of them, their test, presets, and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from klyngesim.explorer.bases import Coding, Products
from klyngesim.explorer.pairs import Pairs, run_points
from klyngesim.explorer.plan import Plan
from klyngesim.explorer.presets import Presets, run_presets
from klyngesim.explorer.surrogates import LEAST_R2, Surrogate, explained, fitted, growth, rounded, solved
from klyngesim.results.windows import complete_years
from klyngesim.runs.jobs import Executor, OnProgress
from klyngesim.runs.store import RunStore
from klyngesim.scenario import periods
from klyngesim.streams import Floats

_SHRUNK = 1e-3  # of the level that holds today: its products are few, and points are many


@dataclass(frozen=True)
class Validation:
    """A row of validation.csv: how a surrogate does at points that it was not fitted to.

    Attributes:
        indicator: id.
        kind: of surrogate.
        points: held-out points, each an exact pair of runs.
        r2: share of their variance that is explained, of the mean of the window's years; below 0 = worse than the mean.
        rmse: error of that mean, in units of the indicator.
        coverage: share of them in the 90 % band, 0-1.
        coverage_of_years: the same over all years from the first lever on.
        followed: whether r2 is at least 0.8; where it is not the chart is grey.
    """

    indicator: str
    kind: str
    points: int
    r2: float
    rmse: float
    coverage: float
    coverage_of_years: float
    followed: bool


@dataclass(frozen=True)
class Explored:
    """What a page is made of.

    Attributes:
        plan: what was asked.
        years: complete years of the runs.
        first: place of the first year that levers may change.
        window: places of the years that verdicts are on.
        surrogates: one for each outcome, of the years from ``first`` on.
        levels: weights of `Products.of_assumptions` by outcome, for what the assumptions do to today's level, shape
            (m, years).
        validation: how the surrogates do at held-out points, one for each outcome.
        presets: exact runs.
        pairs: points that the surrogates are fitted to.
        held_out: points that they are tested on.
    """

    plan: Plan
    years: tuple[int, ...]
    first: int
    window: tuple[int, ...]
    surrogates: tuple[Surrogate, ...]
    levels: Mapping[str, Floats]
    validation: tuple[Validation, ...]
    presets: Presets
    pairs: Pairs
    held_out: Pairs

    @property
    def coding(self) -> Coding:
        """Of the factors."""
        return self.plan.coding

    @property
    def level_basis(self) -> Products:
        """Functions of the assumptions that `levels` weighs."""
        return Products.of_assumptions(self.coding.levers, len(self.coding.usual))

    @property
    def today_usual(self) -> Floats:
        """Outcomes as today with usual assumptions by year, shape (years, outcomes), as the page has them."""
        return rounded(self.presets.today)

    def today(self, place: int, coded: Floats) -> Floats:
        """Level of an outcome as today by year at points, shape (n, years): exact where assumptions are as usual."""
        level = self.levels[self.surrogates[place].indicator]
        return np.asarray(self.today_usual[:, place] + self.level_basis(coded) @ level)


def explore(
    plan: Plan,
    store: RunStore | None,
    executor: Executor,
    on_progress: OnProgress | None = None,
) -> Explored:
    """Makes the runs that the store does not have, and everything that follows from them.

    Args:
        plan: what to make.
        store: where finished runs are kept and looked for; None = nowhere.
        executor: where runs are made.
        on_progress: called after every run, with the runs of the part that is under way.

    Raises:
        WorkError: runs failed that cannot be done without.
    """
    first_seed, held_out_seed = plan.first_seeds
    presets = run_presets(plan, store, executor, on_progress)
    pairs = run_points(plan.sweep, plan.design, first_seed, store, executor, on_progress)
    held_out = run_points(plan.sweep, plan.held_out, held_out_seed, store, executor, on_progress)
    scenario = plan.sweep.scenarios[0]
    years = tuple(complete_years(scenario.start, scenario.quarters))
    first, window = _first(plan, years), presets.runs.windows[0]
    inside = tuple(place for place, year in enumerate(years) if window.first <= year <= window.last)
    coded, chance = plan.coding(pairs.values), plan.sweep.file.seed
    surrogates = tuple(
        fitted(name, plan.coding, coded, pairs.difference[:, first:, place], [at - first for at in inside], chance)
        for place, name in enumerate(plan.sweep.file.outcomes)
    )
    shell = Explored(plan, years, first, inside, surrogates, {}, (), presets, pairs, held_out)
    return Explored(
        plan, years, first, inside, surrogates, dict(_levels(shell, coded)), tuple(_validated(shell)), presets, pairs,
        held_out,
    )  # fmt: skip


def _first(plan: Plan, years: tuple[int, ...]) -> int:
    """Place of the first year in which a lever is announced: until its end nothing can differ before."""
    dates = [one.dated for one in plan.sweep.factors if one.dated is not None]
    announced = min(periods.parse(one.announced or one.start) for one in dates)
    return max(0, years.index(periods.year(announced))) if periods.year(announced) in years else 0


def _levels(shell: Explored, coded: Floats) -> Iterator[tuple[str, Floats]]:
    """What assumptions do to the level as today; nothing where they are as usual."""
    basis = shell.level_basis
    for place, one in enumerate(shell.surrogates):
        away = shell.pairs.today[:, :, place] - shell.presets.today[:, place]
        there = ~np.isnan(away).any(axis=1)
        yield one.indicator, rounded(solved(basis(coded)[there], basis.penalty, away[there], _SHRUNK))


def _validated(shell: Explored) -> Iterator[Validation]:
    """Every surrogate at the held-out points."""
    coded = shell.coding(shell.held_out.values)
    window = [at - shell.first for at in shell.window]
    for place, one in enumerate(shell.surrogates):
        share = growth(coded, shell.coding.levers, one.near)
        exact = shell.held_out.difference[:, shell.first :, place]
        there = ~np.isnan(exact).any(axis=1)
        apart = np.abs(one(coded) - exact)[there]
        means, wanted = one(coded)[there][:, window].mean(axis=1), exact[there][:, window].mean(axis=1)
        r2 = explained(means, wanted)
        yield Validation(
            indicator=one.indicator,
            kind=one.kind,
            points=int(there.sum()),
            r2=r2,
            rmse=float(np.sqrt(((means - wanted) ** 2).mean())),
            coverage=float((np.abs(means - wanted) <= one.half_window * share[there]).mean()),
            coverage_of_years=float((apart <= one.half * share[there, None]).mean()),
            followed=r2 >= LEAST_R2,
        )
