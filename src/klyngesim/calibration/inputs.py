"""The inputs: what the model is given, read from the world that it starts with, beside the report and beside the runs.

An input is reproduced when the world at 2021Q1 holds the printed figure, to the last digit or, for a range, inside
it. What comes out of a run may differ, because cash, vacancies, failures and matched ideas have a say in what is
held: that stands beside it and is no input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from klyngesim.calibration.observables import QUARTERS, Observed, export_shares
from klyngesim.calibration.targets import Target
from klyngesim.calibration.verdicts import QUANTILES
from klyngesim.ecosystem.state import PROJECT, World
from klyngesim.exact import total
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.results.records import PROGRAMME
from klyngesim.streams import Floats

LAST_DIGIT: Mapping[str, float] = {"stronghold_export_share": 0.05}
"""Half of the last printed digit, by observable: Table 4 prints shares of exporters with one decimal. The model is
given odds by size class that lead there. Everything else is given as printed."""

_EXACT = 1e-9
_SHARES = {
    "large_firm_share": "participants.large_share",
    "medium_firm_share": "participants.medium_share",
    "own_export_share": "participants.export_share",
}
"""Shares that organisation effects follow from, by observable."""


@dataclass(frozen=True)
class Input:
    """One row of inputs.csv, values in the target's unit.

    observed, _low, _high  printed value, or printed range or bound
    given                  what the world at 2021Q1 holds
    reproduced             whether that is the printed figure
    median, low, high      of the runs, 90 % interval
    mean_over_given        mean of the runs over what was given; None where that is 0
    """

    target: str
    group: str
    perimeter: str
    observed: float | None
    observed_low: float | None
    observed_high: float | None
    given: float
    reproduced: bool
    median: float
    low: float
    high: float
    mean_over_given: float | None
    source: str


def given(world: World) -> Observed:
    """What a world that has not been stepped was given, by (observable, organisation or "all")."""
    reference, policy = world.reference, world.policy
    activities = reference.activities_quarter * QUARTERS
    sources = {
        name: reference.external_quarter[:, place] * QUARTERS for place, name in enumerate(("public", "eu", "other"))
    }
    sources["private"] = reference.private_quarter * QUARTERS
    outside = policy.vec("recruitment.outside_share")
    each: dict[str, Floats] = {
        "activities": total(activities),
        "pilots": activities[:, PROJECT],
        "firm_participations": reference.seats_quarter * QUARTERS,
        "pilot_firms": activities[:, PROJECT] * policy.vec("seats.project_firms"),
        "participants": policy.vec("participants.total_2021_23"),
        "members": policy.vec("members.total_2021_23"),
        **{name: policy.vec(parameter) for name, parameter in _SHARES.items()},
        "grant_spent": reference.grant_quarter * QUARTERS,
        "external": total(np.stack([sources[name] for name in ("public", "eu", "private", "other")], axis=1)),
        "foreign_share": policy.vec("recruitment.foreign_share"),
        "stronghold_export_share": export_shares(world),
        **{f"presence_{kind}": policy.vec(f"presence.{kind}") for kind in INSTITUTION_TYPES},
    }
    found: Observed = {("outside_majorities", PROGRAMME): float(np.count_nonzero(outside > 0.5))}
    for name, values in each.items():
        told = zip(world.organisations.ids, values, strict=True)
        # A share of 0 says that nothing follows for the organisation.
        found |= {(name, cluster): float(value) for cluster, value in told if value > 0.0 or name not in _SHARES}
    found |= {(f"external_{name}", PROGRAMME): float(total(values)) for name, values in sources.items()}
    return found


def reproduced(target: Target, value: float) -> bool:
    """Whether a given value is the printed one."""
    least, most = target.bounds
    room = LAST_DIGIT.get(target.observable, _EXACT * max(1.0, abs(value)))
    return least - room <= value <= most + room


def input_table(targets: Sequence[Target], draws: Floats, world: World) -> tuple[Input, ...]:
    """The rows of every input.

    Args:
        targets: T targets.
        draws: simulated observables, shape (n, T).
        world: a world with the central values, not stepped.
    """
    known = given(world)
    rows = []
    for target, values in zip(targets, draws.T, strict=True):
        if target.role != "input":
            continue
        put = known[target.key]
        middle, low, high = (float(end) for end in np.nanquantile(values, (0.5, *QUANTILES)))
        rows.append(
            Input(
                target=target.id,
                group=target.group,
                perimeter=target.perimeter,
                observed=target.observed,
                observed_low=target.low,
                observed_high=target.high,
                given=put,
                reproduced=reproduced(target, put),
                median=middle,
                low=low,
                high=high,
                mean_over_given=float(np.nanmean(values)) / put if put else None,
                source="; ".join(target.source),
            )
        )
    return tuple(rows)
