"""Scenario discovery: in which futures does a variant lose to the baseline?

The idea is that of Bankes 1993 (Operations Research 41(3)) and Lempert, Groves, Popper & Bankes 2006 (Management
Science 52(4)). PRIM looks for boxes in the space of the factors in which losses gather (Friedman & Fisher 1999,
Statistics and Computing 9; Bryant & Lempert 2010, Technological Forecasting and Social Change 77(1)); a tree gives a
second view of the same points, and sees what PRIM cannot reach: losses at both ends of a factor with none between,
where every single peel loses more than it gains. Of the many boxes that PRIM passes on its way one is taken by a
stated rule, or none. Coverage, density and quasi-p are those of the points that the box was looked for on, so they
flatter it; that is what the shuffles are for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from klyngesim.seeds import generator, number_of
from klyngesim.streams import Floats
from klyngesim.sweeps.design import Design, Factor
from klyngesim.sweeps.prim import (
    NEEDS,
    Bools,
    Box,
    Limit,
    box_of,
    counted,
    inside,
    inward,
    trajectory,
    without_chance,
)
from klyngesim.sweeps.rows import DUMMY

Ends = dict[int, tuple[float | None, float | None]]
"""Low and high end by column; None = no end on that side."""


def tree_class() -> Any:
    """The class DecisionTreeClassifier. Raises ``ImportError`` with what to install if it is missing."""
    try:
        from sklearn.tree import DecisionTreeClassifier
    except ImportError as error:
        raise ImportError(NEEDS) from error
    return DecisionTreeClassifier


def leaves(
    values: Floats, losses: Bools, factors: Sequence[Factor], depth: int, least_mass: float, chance: int
) -> list[Box]:
    """The leaves of a tree as boxes, with a quasi-p for each limit as PRIM's have it.

    Args:
        values: own values of the factors, shape (n, k).
        losses: shape (n,), some and not all.
        factors: the k columns.
        depth: splits from the root to a leaf, at the most.
        least_mass: smallest mass of a leaf, 0-1.
        chance: seed; the tree draws the order in which equally good splits are tried.
    """
    least = max(1, math.ceil(least_mass * len(losses)))
    tree = tree_class()(max_depth=depth, min_samples_leaf=least, random_state=chance).fit(values, losses)
    return [_box(values, losses, factors, ends) for ends in _ends(tree.tree_, 0, {}) if ends]


def _ends(tree: Any, node: int, ends: Ends) -> Iterator[Ends]:
    """Ends of every leaf below a node."""
    column, split = int(tree.feature[node]), float(tree.threshold[node])
    if column < 0:
        yield ends
        return
    low, high = ends.get(column, (None, None))
    yield from _ends(tree, int(tree.children_left[node]), {**ends, column: (low, split)})
    # What equals the split goes left, so the right side begins just above it.
    above = float(np.nextafter(split, math.inf))
    yield from _ends(tree, int(tree.children_right[node]), {**ends, column: (above, high)})


def _box(values: Floats, losses: Bools, factors: Sequence[Factor], ends: Ends) -> Box:
    names = [one.id for one in factors]
    limits = [Limit(names[at], *inward(factors[at].kind, *pair), 0.0, factors[at].kind) for at, pair in ends.items()]
    return counted(values, losses, names, limits)


@dataclass(frozen=True)
class Rule:
    """Which box along the way is taken.

    The ends of a box on PRIM's way that have a quasi-p of ``quasi_p`` or more are first taken off it, the worst
    first, and the box is counted anew (as Bryant & Lempert advise). Then: the largest coverage among boxes that are
    dense enough, restrict one to ``limits`` factors and not the dummy, and whose every limit has a quasi-p below
    ``quasi_p``. Ties go to the denser one, then to the one with fewer limits. It is dropped if shuffled losses give
    one that covers as much.

    Attributes:
        density: share of losses asked inside, at the least; where losses are frequent the asked density is half way
            between their share and 1, or the whole space would be the answer.
        limits: restricted factors at the most; people cannot act on more than three.
        quasi_p: bound for every limit.
        peel: share of points peeled off in a step, 0-0.5.
        least_mass: smallest mass of a box, 0-1.
        shuffles: how often losses are dealt out anew among the points to see what luck finds with the same search;
            19 leave a false box a chance of at most 1 in 20. They are only dealt if a box is found, and until one
            of them is as good. With 0 nothing guards against luck but quasi-p, which does not know of the search.
        boxes: boxes looked for at the most; each is looked for among the points outside those before.
        depth: of the tree, at the most.
    """

    density: float = 0.8
    limits: int = 3
    quasi_p: float = 0.05
    peel: float = 0.05
    least_mass: float = 0.05
    shuffles: int = 19
    boxes: int = 1
    depth: int = 3

    def least_density(self, share: float) -> float:
        """The density asked where this share of all points are losses."""
        return max(self.density, 0.5 * (1.0 + share))


@dataclass(frozen=True)
class Discovery:
    """What was found.

    Attributes:
        outcome: objective on which the variant loses.
        scenario: the variant.
        share: share of all points that are losses, 0-1.
        boxes: boxes of PRIM, coverage and mass in shares of all losses and points; none if the rule holds for none.
        tree_rules: leaves of the tree, less the ends that the rule takes off, for which the rule holds as well;
            largest coverage first. None if shuffled losses give a leaf that covers as much as the first.
        points: number of points.
        why: why there is no box; empty if there is one.
    """

    outcome: str
    scenario: str
    share: float
    boxes: tuple[Box, ...]
    tree_rules: tuple[Box, ...]
    points: int
    why: str = ""


def discover(
    design: Design, losses: Bools, outcome: str, scenario: str, rule: Rule | None = None, seed: int = 1
) -> Discovery:
    """Where a variant loses.

    Args:
        design: the points; of a method that spreads them over the whole space (not oat or morris). The points of a
            Sobol design share coordinates, so its quasi-p are too small.
        losses: whether the variant loses at a point, shape (n,).
        outcome: name of the objective.
        scenario: name of the variant.
        rule: which box is taken; None = the defaults.
        seed: of the shuffles and the tree.

    Raises:
        ImportError: the extra ``discover`` is not installed.
        ValueError: shapes that do not fit, or a design that does not spread over the space.
    """
    asked = rule or Rule()
    lost: Bools = np.asarray(losses, dtype=np.bool_)
    if lost.shape != (len(design),) or not len(design):
        raise ValueError(f"{len(design)} points need as many outcomes, not an array of shape {lost.shape}")
    if not design.method.spreads:
        said = f"points of a design {design.method.name} lie on lines; discovery needs lhs, sobol, grid or table"
        raise ValueError(said)
    values = own_values(design)
    varied = [column for column in range(values.shape[1]) if np.ptp(values[:, column]) > 0.0]
    factors, values = [design.factors[column] for column in varied], values[:, varied]
    share = float(lost.mean())
    found = Discovery(outcome, scenario, share, (), (), len(lost))
    if share in (0.0, 1.0):
        return replace(found, why="it never loses" if share == 0.0 else "it always loses")
    if not factors:
        return replace(found, why="no factor varies")
    boxes = _boxes(values, lost, factors, asked)
    why = "" if boxes else "no box keeps to the rule"
    first = replace(asked, boxes=1)
    dealt_boxes = (_boxes(values, dealt, factors, first) for dealt in _shuffled(lost, asked, seed))
    if boxes and any(_as_good(lucky, boxes) for lucky in dealt_boxes):
        boxes, why = (), "shuffled losses give a box that covers as much"
    rules = _tree(values, lost, factors, asked, seed)
    dealt_trees = (_tree(values, dealt, factors, asked, seed) for dealt in _shuffled(lost, asked, seed))
    if rules and any(_as_good(lucky, rules) for lucky in dealt_trees):
        rules = ()
    return replace(found, boxes=boxes, tree_rules=rules, why=why)


def own_values(design: Design) -> Floats:
    """Values of the factors at all points in their own units, shape (n, k); 0 or 1 for switches."""
    rows = [[one.value(float(place)) for one, place in zip(design.factors, row, strict=True)] for row in design.places]
    return np.array(rows, dtype=np.float64).reshape(len(design), len(design.factors))


def _boxes(values: Floats, lost: Bools, factors: Sequence[Factor], rule: Rule) -> tuple[Box, ...]:
    """Boxes one after another, each among the points outside those before; shares are of all points and losses."""
    columns = [one.id for one in factors]
    rest: Bools = np.ones(len(lost), dtype=np.bool_)
    found: list[Box] = []
    while len(found) < rule.boxes and 0 < lost[rest].sum() < rest.sum():
        ways = {one.limits: one for one in _ways(values[rest], lost[rest], factors, rule)}
        eased = [without_chance(one, values[rest], lost[rest], columns, rule.quasi_p) for one in ways.values()]
        box = _best(eased, rule, rule.least_density(float(lost.mean())))
        if box is None:
            break
        found.append(box_of(box.limits, box.points, box.cases, len(lost), int(lost.sum())))
        rest &= ~inside(values, columns, box.limits)
    return tuple(found)


def _ways(values: Floats, lost: Bools, factors: Sequence[Factor], rule: Rule) -> list[Box]:
    """The boxes on PRIM's way through all factors, and on its ways through the few that matter most there.

    On the way through all factors chance limits come in as well, and once in they never leave. So PRIM is run again
    with the factor of the smallest quasi-p in the last box alone, with two, and so on up to the number of limits
    allowed; as Bryant & Lempert drop limits by their quasi-p. A factor that does no better than the dummy is not
    among them.
    """
    boxes = trajectory(values, lost, factors, rule.peel, rule.least_mass)
    tests = {limit.parameter: limit.quasi_p for limit in boxes[-1].limits}
    noise = tests.get(DUMMY, math.inf)
    ranked = [name for name in sorted(tests, key=lambda name: (tests[name], name)) if tests[name] < noise]
    for count in range(1, min(rule.limits, len(ranked)) + 1):
        kept = [column for column, one in enumerate(factors) if one.id in ranked[:count]]
        boxes += trajectory(values[:, kept], lost, [factors[column] for column in kept], rule.peel, rule.least_mass)
    return boxes


def _keeps(box: Box, rule: Rule, density: float) -> bool:
    return (
        1 <= len(box.limits) <= rule.limits
        and box.density >= density
        and all(limit.quasi_p < rule.quasi_p and limit.parameter != DUMMY for limit in box.limits)
    )


def _best(boxes: Sequence[Box], rule: Rule, density: float) -> Box | None:
    kept = [box for box in boxes if _keeps(box, rule, density)]
    return max(kept, key=lambda box: (box.coverage, box.density, -len(box.limits)), default=None)


def _shuffled(lost: Bools, rule: Rule, seed: int) -> Iterator[Bools]:
    """The losses dealt out anew, as often as the rule says."""
    chance = generator(seed, "shuffled losses")
    return (chance.permutation(lost) for _ in range(rule.shuffles))


def _as_good(lucky: Sequence[Box], found: Sequence[Box]) -> bool:
    """Whether the first of the boxes that luck found covers as much as the first one found."""
    return bool(lucky) and lucky[0].coverage >= found[0].coverage


def _tree(values: Floats, lost: Bools, factors: Sequence[Factor], rule: Rule, seed: int) -> tuple[Box, ...]:
    """Leaves of the tree that keep to the rule, largest coverage first."""
    found = leaves(values, lost, factors, rule.depth, rule.least_mass, number_of(seed, "tree of losses"))
    columns = [one.id for one in factors]
    eased = [without_chance(box, values, lost, columns, rule.quasi_p) for box in found]
    density = rule.least_density(float(lost.mean()))
    kept = {box.limits: box for box in eased if _keeps(box, rule, density)}
    return tuple(sorted(kept.values(), key=lambda box: (-box.coverage, -box.density)))
