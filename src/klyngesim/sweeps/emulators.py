"""The two kinds of surrogate, a Gaussian process and boosted trees, behind one face; scikit-learn's, imported late."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from klyngesim.results.versions import how_to_install
from klyngesim.seeds import generator
from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.design import Factor

Kind = Literal["gaussian process", "boosting"]

NEEDS = f"a surrogate needs scikit-learn: {how_to_install('calibrate')}"
"""Said when the extra is missing."""

LENGTHS = 400
"""Points at the most on which the lengths of a Gaussian process are fitted, for that costs their cube many times over;
all points are used once the lengths are known."""

FOLDS = 5
FEWEST_POINTS = 6 * FOLDS
"""Parts that points are tested in, and the number of points below which there are too few to train and to test on."""

_ROWS = 4096  # answered at a time, so that memory stays small


def need_sklearn() -> None:
    """Raises ``ImportError`` with what to install if scikit-learn is missing."""
    try:
        import sklearn.gaussian_process  # noqa: F401
    except ImportError as error:
        raise ImportError(NEEDS) from error


@dataclass(frozen=True)
class Emulator:
    """A fitted surrogate.

    Attributes:
        kind: which of the two.
        model: scikit-learn's.
        chance: seed it was fitted with.
    """

    kind: Kind
    model: Any
    chance: int

    def __call__(self, coded: Floats) -> Floats:
        """Expected outcome, shape (n,), at coded places, shape (n, k)."""
        parts = [self.model.predict(coded[start : start + _ROWS]) for start in range(0, len(coded), _ROWS)]
        return np.concatenate(parts)

    @property
    def lengths(self) -> Floats:
        """Distances over which a Gaussian process forgets, by factor, shape (k,)."""
        assert self.kind == "gaussian process"  # trees have none
        return np.asarray(self.model.kernel_.k1.k2.length_scale, dtype=np.float64)

    def spread(self, coded: Floats) -> Floats | None:
        """Standard deviation of a point's outcome around the expected one, noise included, shape (n,).

        None for trees, which do not know it.
        """
        if self.kind == "boosting":
            return None
        return np.asarray(self.model.predict(coded, return_std=True)[1], dtype=np.float64)

    def again(self, coded: Floats, outcomes: Floats) -> Emulator:
        """The same kind fitted to other outcomes; the lengths of a Gaussian process stay as they are."""
        if self.kind == "boosting":
            return fit(self.kind, coded, outcomes, self.chance)
        return Emulator(self.kind, _process(self.model.kernel_, None, self.chance).fit(coded, outcomes), self.chance)


def fit(kind: Kind, coded: Floats, outcomes: Floats, chance: int) -> Emulator:
    """A surrogate of these points.

    Args:
        kind: which of the two.
        coded: places, shape (n, k); see `coded`.
        outcomes: shape (n,).
        chance: seed.
    """
    if kind == "boosting":
        from sklearn.ensemble import GradientBoostingRegressor

        trees = GradientBoostingRegressor(
            n_estimators=500, learning_rate=0.05, max_depth=4, subsample=0.7, min_samples_leaf=3, random_state=chance
        )
        return Emulator(kind, trees.fit(coded, outcomes), chance)
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    k = coded.shape[1]
    kernel = ConstantKernel(1.0, (1e-3, 1e3)) * Matern([1.0] * k, (0.05, 50.0), nu=2.5) + WhiteKernel(0.05, (1e-8, 2.0))
    with _quiet():
        if len(coded) <= LENGTHS:
            return Emulator(kind, _process(kernel, "fmin_l_bfgs_b", chance).fit(coded, outcomes), chance)
        some = generator(chance, "points for the lengths").choice(len(coded), LENGTHS, replace=False)
        kernel = _process(kernel, "fmin_l_bfgs_b", chance).fit(coded[some], outcomes[some]).kernel_
        return Emulator(kind, _process(kernel, None, chance).fit(coded, outcomes), chance)


def _process(kernel: Any, optimizer: str | None, chance: int) -> Any:
    from sklearn.gaussian_process import GaussianProcessRegressor

    return GaussianProcessRegressor(kernel, optimizer=optimizer, normalize_y=True, random_state=chance)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without warnings of lengths that end at a bound, as those of factors without effect do."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def coded(factors: Sequence[Factor], places: Floats) -> Floats:
    """Places as the model sees them, shape (n, k): a switch is 0 or 1, a number in steps one of even places."""
    found = np.array(places, dtype=np.float64)
    for column, one in enumerate(factors):
        if one.grain is not None:
            own = np.array([one.value(float(place)) for place in found[:, column]])
            low, high = one.value(0.0), one.value(1.0)
            found[:, column] = (own - low) / (high - low)
    return found


def folds(groups: Sequence[int], count: int, chance: int) -> list[Ints]:
    """Points left out in each fold: whole groups, dealt out at random.

    Args:
        groups: group of every point; points of one group share coordinates and must not be on both sides.
        count: number of folds.
        chance: seed.
    """
    of = np.asarray(groups)
    dealt = np.array_split(generator(chance, "folds").permutation(np.unique(of)), count)
    return [np.flatnonzero(np.isin(of, some)).astype(np.int64) for some in dealt]
