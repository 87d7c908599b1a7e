"""What surrogates of a difference are sums of: functions of the factors that are exactly zero where all levers stand.

Two kinds: products of at most two factors, with a bend at as today; and a Gaussian process of which its own answer at
as today, with the same assumptions, is taken off. The page has the same in a few lines of script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.design import Factor


@dataclass(frozen=True)
class Coding:
    """Values of factors as numbers of -1 to 1 that are 0 at the usual value: as today for a lever.

    Attributes:
        usual: value of every factor, shape (k,).
        reach: distance from there to the farther end of the range, shape (k,).
        levers: number of levers; they are the first factors.
    """

    usual: Floats
    reach: Floats
    levers: int

    @classmethod
    def of(cls, factors: Sequence[Factor]) -> Coding:
        """The coding of a sweep's factors, levers first."""
        priors = [one.prior for one in factors if one.prior is not None]
        usual = np.array([one.mode for one in priors])
        reach = np.array([max(one.high - one.mode, one.mode - one.low) for one in priors])
        return cls(usual, reach, sum(one.dated is not None for one in factors))

    def __call__(self, values: Floats) -> Floats:
        """Coded values, of the same shape (n, k)."""
        return (values - self.usual) / self.reach


def as_today(coded: Floats, levers: int) -> Floats:
    """The same coded points with the levers, their first columns, as today."""
    found = coded.copy()
    found[:, :levers] = 0.0
    return found


class Basis(Protocol):
    """Functions of coded points."""

    def __call__(self, coded: Floats) -> Floats:
        """Their values, shape (n, m), at points of shape (n, k)."""

    @property
    def penalty(self) -> Floats:
        """What their weights are shrunk by, shape (m, m)."""


@dataclass(frozen=True)
class Products:
    """Products of one or two atoms: of the factors, and of what each lever is above as today.

    Attributes:
        levers: number of levers, the first factors.
        terms: numbers of two atoms, the second -1 where there is one, shape (m, 2).
    """

    levers: int
    terms: Ints

    @classmethod
    def of_levers(cls, levers: int, k: int) -> Products:
        """Those with a lever in them, of k factors: what vanishes where all levers are as today."""
        bends = range(k, k + levers)
        terms = [(one, -1) for one in (*range(levers), *bends)]
        terms += [(one, other) for one in range(levers) for other in range(one, k)]
        return cls(levers, np.array([*terms, *((one, one) for one in bends)], dtype=np.int64))

    @classmethod
    def of_assumptions(cls, levers: int, k: int) -> Products:
        """Those of the other factors alone: what moves the level that holds today."""
        rest = range(levers, k)
        terms = [(one, -1) for one in rest]
        terms += [(one, other) for one in rest for other in rest if other >= one]
        return cls(levers, np.array(terms, dtype=np.int64).reshape(-1, 2))

    def __call__(self, coded: Floats) -> Floats:
        """Values of the products, shape (n, m)."""
        atoms = np.concatenate((coded, np.maximum(coded[:, : self.levers], 0.0), np.ones((len(coded), 1))), axis=1)
        return np.asarray(atoms[:, self.terms[:, 0]] * atoms[:, self.terms[:, 1]])

    @property
    def penalty(self) -> Floats:
        """All alike."""
        return np.eye(len(self.terms))


@dataclass(frozen=True)
class Process:
    """A Gaussian process (Matérn 5/2) less itself at as today, by its values at some centres.

    With all points of the training as centres it is the process itself; with fewer it is the "subset of regressors" of
    Quiñonero-Candela & Rasmussen 2005 (Journal of Machine Learning Research 6).

    Attributes:
        centres: coded points, shape (m, k).
        lengths: over which the process forgets, shape (k,).
        levers: number of levers, the first factors.
    """

    centres: Floats
    lengths: Floats
    levers: int

    def __call__(self, coded: Floats) -> Floats:
        """Covariance of the difference at points and at the centres, shape (n, m)."""
        today, own = (as_today(points, self.levers) for points in (coded, self.centres))
        away = self._matern(coded, self.centres) - self._matern(today, self.centres)
        return away - (self._matern(coded, own) - self._matern(today, own))

    @property
    def penalty(self) -> Floats:
        """The covariance at the centres, a little more on the diagonal so that it can be solved for."""
        return self(self.centres) + 1e-8 * np.eye(len(self.centres))

    def _matern(self, one: Floats, other: Floats) -> Floats:
        apart = (one[:, None, :] - other[None, :, :]) / self.lengths
        root = np.sqrt(5.0 * (apart**2).sum(axis=2))
        return np.asarray((1.0 + root + root**2 / 3.0) * np.exp(-root))
