"""The funnel of a run, condensed: how many episodes went on and how many dropped out at each transition.

Transitions are steps that the report speaks of. What the programme's registration cannot tell apart is counted jointly:
dissemination and matchmaking are one registered category, and contacts are not registered at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from klyngesim.results.indicators import index
from klyngesim.results.records import RunResult
from klyngesim.results.vocabulary import FIRM_CLASSES, REASON, STAGE
from klyngesim.streams import Floats, Ints


@dataclass(frozen=True)
class Transition:
    """One step of the funnel.

    id            name in dropout.csv
    stages        stages whose exits are counted; moves among them are not
    onward        stages that count as going on
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
    Transition("pilot_to_end", ("pilot",), ("application", "innovation"), True, True),
    Transition("application_to_project", ("application",), ("external_project",), True, False),
    Transition("project_to_end", ("external_project",), ("innovation",), True, False),
)
"""The transitions, from first contact to innovation."""

_COMPLETED = REASON["completed"]


@dataclass(frozen=True)
class Flows:
    """Counts of a run over all its quarters, O organisations, C firm classes, S transitions.

    Attributes:
        on: episodes that went on, shape (S, O, C).
        out: episodes that dropped out, shape (S, O, C).
        applied: of the episodes that went on from matchmaking, those that went to an application, shape (O, C).
        hidden: applications that are not registered, by organisation, shape (O,).
        applications: all applications, shape (O,).
        pilots, external: grant-funded and external projects started, shape (O,); external ones are never registered.
    """

    on: Floats
    out: Floats
    applied: Floats
    hidden: Floats
    applications: Floats
    pilots: Floats
    external: Floats


def flows(result: RunResult) -> Flows:
    """Condenses the funnel of a run.

    An episode that ends a project in time has gone on, whether or not an innovation came of it.
    """
    rows = result.funnel
    count = len(result.organisations)
    shape = (count, len(FIRM_CLASSES))

    def add(chosen: Ints) -> Floats:
        cell = rows.organisation[chosen] * shape[1] + rows.firm_class[chosen]
        return np.asarray(np.bincount(cell, rows.count[chosen], shape[0] * shape[1]).reshape(shape), dtype=np.float64)

    on, out = [], []
    for transition in TRANSITIONS:
        inside = np.array([STAGE[name] for name in transition.stages])
        ahead = np.array([STAGE[name] for name in transition.onward])
        leaves = np.isin(rows.from_stage, inside) & ~np.isin(rows.to_stage, inside)
        passed = leaves & (np.isin(rows.to_stage, ahead) | (rows.reason == _COMPLETED))
        dropped = leaves & ~passed & (rows.to_stage == STAGE["left"])
        on.append(add(np.flatnonzero(passed)))
        out.append(add(np.flatnonzero(dropped)))
    applied = (rows.from_stage == STAGE["matchmaking"]) & (rows.to_stage == STAGE["application"])

    def total(name: str) -> Floats:
        return np.asarray(result.indicators[:, :-1, index(name)].sum(axis=0))

    return Flows(
        on=np.stack(on),
        out=np.stack(out),
        applied=add(np.flatnonzero(applied)),
        hidden=total("applications_hidden"),
        applications=total("applications_submitted"),
        pilots=total("projects_pilot_started"),
        external=total("projects_external_started"),
    )
