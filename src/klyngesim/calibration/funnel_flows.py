"""The funnel of a run, condensed: what became of the ideas that entered each stage in 2021-2023.

Cohorts are followed to the end of the run, so that who waits counts as waiting and not as lost. Transitions are steps
that the report speaks of. What the programme's registration cannot tell apart is counted jointly: dissemination and
matchmaking are one registered category, and contacts are not registered at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from klyngesim.results.indicators import index
from klyngesim.results.records import CohortRows, RunResult
from klyngesim.results.vocabulary import FIRM_CLASSES, OUTCOME, STAGE
from klyngesim.streams import Floats

YEARS = (2021, 2022, 2023)
"""Years of entry of the cohorts, those of the report's tables."""


@dataclass(frozen=True)
class Transition:
    """One step of the funnel.

    id            name in dropout.csv
    stages        stages whose exits are counted; moves among them are not
    onward        outcomes that are no drop-out: further stages, an end in time, and another try
    identifiable  False where no figure of the report or of another source could tell the rate
    registered    whether the programme registers that somebody took the step
    """

    id: str
    stages: tuple[str, ...]
    onward: tuple[str, ...]
    identifiable: bool
    registered: bool


TRANSITIONS: tuple[Transition, ...] = (
    Transition("contacted_to_dissemination", ("contacted",), ("dissemination", "internationalisation"), False, True),
    Transition(
        "dissemination_to_matchmaking", ("dissemination", "internationalisation"), ("matchmaking",), False, False
    ),
    Transition(
        "contacted_to_matchmaking",
        ("contacted", "dissemination", "internationalisation"),
        ("matchmaking",),
        True,
        False,
    ),
    Transition("matchmaking_to_depth", ("matchmaking",), ("pilot", "application"), True, True),
    Transition("pilot_to_end", ("pilot",), ("matchmaking", "innovation", "completed"), True, True),
    Transition("application_to_project", ("application",), ("external_project", "matchmaking"), True, False),
    Transition("project_to_end", ("external_project",), ("innovation", "completed"), True, False),
)
"""The transitions, from first contact to innovation. Who is rejected and tries again has not dropped out yet."""


@dataclass(frozen=True)
class Flows:
    """What became of the cohorts of a run, O organisations, C firm classes, S transitions.

    Attributes:
        on: ideas that went on, shape (S, O, C).
        out: ideas that dropped out, shape (S, O, C).
        open: ideas that were still there as the run ended, shape (S, O, C).
        applied: of those that went on from matchmaking, ideas that went to an application, shape (O, C).
        hidden: applications of `YEARS` that are not registered, by organisation, shape (O,).
        applications: all applications of these years, shape (O,).
        pilots, external: grant-funded and external projects started in these years, shape (O,); external ones are
            never registered.
    """

    on: Floats
    out: Floats
    open: Floats
    applied: Floats
    hidden: Floats
    applications: Floats
    pilots: Floats
    external: Floats


def flows(result: RunResult) -> Flows:
    """Condenses the cohorts of a run that entered a stage in `YEARS`.

    An idea that ends a project in time has gone on, whether or not an innovation came of it.
    """
    rows = result.cohorts
    seen = np.isin(rows.entered, YEARS)
    shape = (len(result.organisations), len(FIRM_CLASSES))
    found = [_outcomes(rows, seen, transition, shape) for transition in TRANSITIONS]
    on, out, still = (np.stack(each) for each in zip(*found, strict=True))
    applied = seen & (rows.stage == STAGE["matchmaking"]) & (rows.outcome == OUTCOME["application"])

    def total(name: str) -> Floats:
        return np.asarray(result.indicators[: 4 * len(YEARS), :-1, index(name)].sum(axis=0))

    return Flows(
        on=on,
        out=out,
        open=still,
        applied=_counted(rows, applied, shape),
        hidden=total("applications_hidden"),
        applications=total("applications_submitted"),
        pilots=total("projects_pilot_started"),
        external=total("projects_external_started"),
    )


def _outcomes(
    rows: CohortRows, seen: NDArray[np.bool_], transition: Transition, shape: tuple[int, int]
) -> tuple[Floats, Floats, Floats]:
    """Ideas that went on, dropped out and are still there, by organisation and firm class."""
    inside = [STAGE[name] for name in transition.stages]
    left = seen & np.isin(rows.stage, inside) & ~np.isin(rows.outcome, inside)
    onward = np.isin(rows.outcome, [OUTCOME[name] for name in transition.onward])
    there = rows.outcome == OUTCOME["open"]
    on, out, still = (_counted(rows, left & part, shape) for part in (onward, ~onward & ~there, there))
    return on, out, still


def _counted(rows: CohortRows, chosen: NDArray[np.bool_], shape: tuple[int, int]) -> Floats:
    """Ideas by organisation and firm class."""
    found = np.zeros(shape)
    np.add.at(found, (rows.organisation[chosen], rows.firm_class[chosen]), rows.count[chosen])
    return found
