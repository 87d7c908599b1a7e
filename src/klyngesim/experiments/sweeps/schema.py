"""The keys of a sweep file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from klyngesim.experiments.sweeps.designs import MOST_POINTS
from klyngesim.scenario.models import Line, Strict, Whole
from klyngesim.scenario.naming import LONGEST, NAME
from klyngesim.scenario.span import MOST_SEEDS

Method = Literal["oat", "morris", "sobol", "lhs", "grid", "table"]


class Range(Strict):
    """A range of the file's own, inside the registry's bounds."""

    low: float
    high: float


class SweepFile(Strict):
    """What stands in the file.

    Attributes:
        scenario: a file or shipped name, or several, the baseline first: outcomes are then paired differences.
        method: how points are laid.
        samples: Sobol base samples (a power of two), Morris trajectories, points of an lhs; not for oat, grid, table.
        levels: places of every factor, for oat, morris and grid.
        replicates: seeds at every point.
        parameters: a grade, ids and patterns, or a map of these to ranges (empty = the registry's).
        switches: M ids and ``parameter=value`` of rival rules as factors, or ``all``.
        dummy: whether a factor that changes the seeds alone is added as a noise floor.
        outcomes: indicators.
        discovery: whether to look for the futures in which a variant loses (extra ``discover``).
        surrogate: whether to work out Sobol indices on a surrogate, with its error (extra ``calibrate``).
        table: CSV file with a column for each parameter and a row for each point, for the method table.
        set: ``PATH=VALUE`` for all runs, such as ``period.end=2034Q4``.
    """

    name: Annotated[str, Field(pattern=f"^{NAME.pattern}$", max_length=LONGEST)]
    title: dict[Literal["en", "da"], Line] = Field(default_factory=dict)
    question: str = ""
    scenario: str | Annotated[list[str], Field(min_length=1)]
    method: Method
    samples: Annotated[Whole, Field(ge=1, le=MOST_POINTS)] | None = None
    levels: Annotated[Whole, Field(ge=2, le=1000)] | None = None
    replicates: Annotated[Whole, Field(ge=1, le=MOST_SEEDS)] = 1
    seed: Annotated[Whole, Field(ge=0)] = 1
    parameters: str | list[str] | dict[str, Range | None] = Field(default_factory=list)
    switches: Literal["all"] | list[str] = Field(default_factory=list)
    dummy: bool = True
    outcomes: Annotated[list[str], Field(min_length=1)]
    discovery: bool = False
    surrogate: bool = False
    table: str | None = None
    set: list[str] = Field(default_factory=list)
