"""A classification tree of losses (CART, Breiman et al. 1984; scikit-learn's), its leaves read as boxes.

A tree splits the whole space at once where PRIM looks for one box at a time, so the two check each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from klyngesim.experiments.sweeps.factors import Factor
from klyngesim.experiments.sweeps.peeling import NEEDS, Bools, Box, Limit, counted, inward
from klyngesim.streams import Floats

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
