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


INHERITED = 2020
"""Year of entry of what 2021Q1 begins with."""


@dataclass(frozen=True)
class CohortRows:
    """What became of the ideas that entered a stage in a year, one entry per kind (``count`` > 0); parallel int arrays.

    ``entered`` is the calendar year of entry, `INHERITED` for ideas that were there at the start; ``organisation``
    indexes ``RunResult.organisations``; ``firm_class``, ``stage`` and ``outcome`` are codes of
    ``klyngesim.results.vocabulary``. An idea that comes back to a stage enters it anew. Everybody who entered is
    here: the counts of a stage and year add up to those who entered it.
    """

    entered: NDArray[np.int64]
    organisation: NDArray[np.int64]
    firm_class: NDArray[np.int64]
    stage: NDArray[np.int64]
    outcome: NDArray[np.int64]
    count: NDArray[np.int64]

    @classmethod
    def none(cls) -> CohortRows:
        """No cohorts."""
        import numpy as np  # whoever reads a run needs none

        return cls(*np.zeros((6, 0), dtype=np.int64))


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
        cohorts: ideas by stage and year of entry, followed to the end of the run; empty = not told.
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
    cohorts: CohortRows = field(default_factory=CohortRows.none)

    @property
    def clusters(self) -> tuple[str, ...]:
        """The organisations followed by the programme: labels of the second axis of ``indicators``."""
        return (*self.organisations, PROGRAMME)
