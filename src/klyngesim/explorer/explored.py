"""Everything that a page shows, made from a plan: exact pairs, surrogates of them, their test, presets, and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from klyngesim.errors import WorkError
from klyngesim.explorer.bases import Coding, Products
from klyngesim.explorer.levels import level
from klyngesim.explorer.pairs import Pairs, require_values, run_points
from klyngesim.explorer.plan import Plan
from klyngesim.explorer.presets import Presets, run_presets
from klyngesim.explorer.surrogates import LEAST_R2, Surrogate, explained, fitted, growth, moved, rounded
from klyngesim.results.windows import complete_years
from klyngesim.runs.jobs import Executor, OnProgress
from klyngesim.runs.store import RunStore
from klyngesim.streams import Floats


@dataclass(frozen=True)
class Validation:
    """A row of validation.csv: how a surrogate does at points that it was not fitted to.

    Attributes:
        indicator: id.
        kind: of surrogate.
        fitted: points that it is fitted to.
        points: held-out points with a value and a lever moved, each the mean of exact pairs of runs.
        r2: share of their variance that is explained, of the mean of the window's years; below 0 = worse than the mean.
        rmse: error of that mean, in units of the indicator.
        coverage: share of them in the 90 % band, 0-1.
        coverage_of_years: the same over all years from the first lever on.
        followed: whether r2 is at least 0.8; where it is not the chart is grey.
        level_r2: of the level as today, share of the variance around its mean that assumptions explain, for presets
            have other seeds; the rest is luck, which is nearly all where they do little.
    """

    indicator: str
    kind: str
    fitted: int
    points: int
    r2: float
    rmse: float
    coverage: float
    coverage_of_years: float
    followed: bool
    level_r2: float


@dataclass(frozen=True)
class Explored:
    """What a page is made of.

    Attributes:
        plan: what was asked.
        years: complete years of the runs.
        first: place of the first year in which anything differs, at the latest the window's first.
        window: places of the years that verdicts are on.
        surrogates: one for each outcome, of the years from ``first`` on.
        levels: weights of `Products.of_assumptions` by outcome, for what the assumptions do to today's level, shape
            (m, years).
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
    presets: Presets
    pairs: Pairs
    held_out: Pairs

    @property
    def coding(self) -> Coding:
        """Of the factors."""
        return self.plan.coding

    @cached_property
    def validation(self) -> tuple[Validation, ...]:
        """How the surrogates do at held-out points, one for each outcome."""
        return tuple(_validated(self))

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
        weights = self.levels[self.surrogates[place].indicator]
        return np.asarray(self.today_usual[:, place] + self.level_basis(coded) @ weights)


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
        ScenarioFaults: an outcome has no value in some year as today, as a run says that is made before all others.
        WorkError: runs failed that cannot be done without, or too few points have a value of an outcome.
    """
    first_seed, held_out_seed = plan.first_seeds
    require_values(plan.sweep, store, executor)
    presets = run_presets(plan, store, executor, on_progress)
    pairs = run_points(plan.sweep, plan.design, first_seed, store, executor, on_progress)
    held_out = run_points(plan.sweep, plan.held_out, held_out_seed, store, executor, on_progress)
    scenario, window = plan.sweep.scenarios[0], presets.runs.windows[0]
    years = tuple(complete_years(scenario.start, scenario.quarters))
    inside = tuple(place for place, year in enumerate(years) if window.first <= year <= window.last)
    courses = np.array([one.course.mean for one in presets.presets])
    first = _first(inside, pairs.difference, held_out.difference, courses)
    coding, chance = plan.coding, plan.sweep.file.seed
    coded, basis = coding(pairs.values), Products.of_assumptions(coding.levers, len(coding.usual))
    surrogates, levels = [], {}
    for place, name in enumerate(plan.sweep.file.outcomes):
        for points in (pairs, held_out):
            _required(name, points.difference[:, :, place])
        apart = pairs.difference[:, first:, place]
        surrogates.append(fitted(name, coding, coded, apart, [at - first for at in inside], chance))
        levels[name] = level(basis, coded, pairs.today[:, :, place], chance)
    return Explored(plan, years, first, inside, tuple(surrogates), levels, presets, pairs, held_out)


def _first(window: Sequence[int], *differences: Floats) -> int:
    """Place of the first year in which a run differs from its pair, or of the window's first where that is earlier."""
    moved = [np.flatnonzero((np.nan_to_num(one) != 0.0).any(axis=(0, 2))) for one in differences]
    return min(window[0], *(int(places[0]) for places in moved if len(places)))


def _required(name: str, difference: Floats) -> None:
    """Raises WorkError if fewer than half of the points have a value in all years."""
    there = int((~np.isnan(difference).any(axis=1)).sum())
    if 2 * there < len(difference):
        raise WorkError(
            f"outcomes: {name}: {there} of {len(difference)} points have a value in every year, too few to fit it; "
            "take it out of outcomes, or narrow the levers"
        )


def _validated(found: Explored) -> Iterator[Validation]:
    """Every surrogate at the held-out points that have a value and move a lever: as today it is right by itself."""
    held_out, window = found.held_out, [at - found.first for at in found.window]
    for place, one in enumerate(found.surrogates):
        there = ~np.isnan(held_out.difference[:, :, place]).any(axis=1)
        there &= moved(found.coding(held_out.values), found.coding.levers)
        coded, exact = found.coding(held_out.values[there]), held_out.difference[there, found.first :, place]
        share, answers = growth(coded, found.coding.levers, one.near), one(coded)
        means, wanted = answers[:, window].mean(axis=1), exact[:, window].mean(axis=1)
        levels, today = (
            by_year[:, list(found.window)].mean(axis=1)
            for by_year in (found.today(place, coded), held_out.today[there, :, place])
        )
        r2 = explained(means, wanted)
        yield Validation(
            indicator=one.indicator,
            kind=one.kind,
            fitted=one.points,
            points=len(coded),
            r2=r2,
            rmse=float(np.sqrt(((means - wanted) ** 2).mean())),
            coverage=float((np.abs(means - wanted) <= one.half_window * share).mean()),
            coverage_of_years=float((np.abs(answers - exact) <= one.half * share[:, None]).mean()),
            followed=r2 >= LEAST_R2,
            level_r2=explained(levels - levels.mean(), today - today.mean()),
        )
