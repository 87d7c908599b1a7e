"""What one run of the model hands over: plain arrays, all that anything after the engine gets to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PROGRAMME = "all"
"""Cluster id of the programme as a whole: the last row of ``RunResult.indicators``."""


@dataclass(frozen=True)
class FunnelRows:
    """Moves of episodes between stages, one entry per kind of move (``count`` > 0); parallel int arrays.

    ``period`` counts quarters from 2021Q1; ``organisation`` indexes ``RunResult.organisations``;
    ``firm_class``, ``from_stage``, ``to_stage`` and ``reason`` are codes of ``klyngesim.results.vocabulary``.
    """

    period: NDArray[np.int64]
    organisation: NDArray[np.int64]
    firm_class: NDArray[np.int64]
    from_stage: NDArray[np.int64]
    to_stage: NDArray[np.int64]
    reason: NDArray[np.int64]
    count: NDArray[np.int64]


@dataclass(frozen=True)
class RunResult:
    """One replicate: T quarters, O organisations, K indicators, A accounts.

    Attributes:
        scenario: name of the scenario.
        seed: run seed.
        draw: posterior draw of the parameters; 0 = the central values.
        first_period: quarter of the first row, counted from 2021Q1 = 0.
        organisations: O ids, in the row order of Table 2.
        indicators: [T, O+1, K]; the last row of the second axis is the programme (``all``); NaN = not defined
            there (a yearly indicator outside Q4, a share of nothing).
        indicator_ids: K ids, equal to ``klyngesim.results.indicators.IDS``.
        funnel: moves of episodes.
        finance: [T, O, A] ledger in oere.
        accounts: A ids, see ``klyngesim.results.vocabulary.ACCOUNTS``.
        uniforms: number of uniforms drawn.
        wall_seconds: time the run took, population included.
        firms_by_class: firms alive at the start by size class (``vocabulary.FIRM_CLASSES``); empty = not told.
    """

    scenario: str
    seed: int
    draw: int
    first_period: int
    organisations: tuple[str, ...]
    indicators: NDArray[np.float64]
    indicator_ids: tuple[str, ...]
    funnel: FunnelRows
    finance: NDArray[np.int64]
    accounts: tuple[str, ...]
    uniforms: int
    wall_seconds: float
    firms_by_class: Mapping[str, int] = field(default_factory=dict)

    @property
    def clusters(self) -> tuple[str, ...]:
        """The organisations followed by the programme: labels of the second axis of ``indicators``."""
        return (*self.organisations, PROGRAMME)


@dataclass(frozen=True)
class Failure:
    """A replicate that did not finish: which one and why.

    ``error`` is the name of the exception's class, ``traceback`` its text as Python prints it.
    """

    scenario: str
    seed: int
    draw: int
    error: str
    message: str
    traceback: str
