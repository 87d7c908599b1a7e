"""What a comparison would run, and how long that would take; nothing is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from klyngesim.comparisons import attribution, breakeven, decomposition, robustness, tenable
from klyngesim.comparisons.draws import TENABLE
from klyngesim.runs.pace import Pace
from klyngesim.scenario.limits import COMPARED_UNTIL

if TYPE_CHECKING:
    from klyngesim.scenario.template import Template


PERIOD = ("period", "period.end", "end")
"""Paths, and the option, that say when runs end."""


@dataclass(frozen=True)
class Asked:
    """How much is asked for.

    Attributes:
        pairs: most pairs of runs for each variant; at_least: before it may stop.
        over: what they are drawn over, one of `draws.OVER`.
        breakeven, switches, parts, attribution: seeds or pairs of each further part, 0 = none.
    """

    pairs: int = 100
    at_least: int = 20
    over: str = TENABLE
    breakeven: int = 5
    switches: int = 0
    parts: int = 5
    attribution: int = 4

    @property
    def draws(self) -> int:
        """Pairs of each variant over tenable assumptions."""
        return self.pairs if self.over == TENABLE else 0


@dataclass(frozen=True)
class Plan:
    """What a comparison would run.

    Attributes:
        runs: most runs of every part that has any, by the name of the part, in the order in which they are made.
        seconds: of one run on one core, a mean over the scenarios.
    """

    runs: Mapping[str, int]
    seconds: float

    @property
    def total(self) -> int:
        """Most runs in all."""
        return sum(self.runs.values())

    def all_seconds(self, jobs: int) -> float:
        """Seconds of all runs on a number of processes."""
        return self.total * self.seconds / jobs


def until_the_usual_end(settings: Sequence[str]) -> list[str]:
    """Settings (``PATH=VALUE``) with the usual last quarter of a comparison, where none of them names a period."""
    named = any(setting.partition("=")[0].strip().removeprefix("--") in PERIOD for setting in settings)
    return [*settings, *([] if named else [f"period.end={COMPARED_UNTIL}"])]


def plan(templates: Sequence[Template], asked: Asked, pace: Pace) -> Plan:
    """What a comparison of templates (baseline first) would run, at a pace."""
    every = {
        "pairs": asked.pairs * len(templates),
        "breakeven": breakeven.runs_needed(breakeven.work_of(templates), asked.breakeven),
        "switches": robustness.runs_needed(templates, asked.switches),
        "parts": decomposition.runs_needed(templates, min(asked.parts, asked.pairs)),
        "tenable": tenable.runs_needed(templates, asked.draws),
        "attribution": attribution.runs_needed(templates[0], asked.attribution),
    }
    runs = {part: number for part, number in every.items() if number}
    return Plan(runs, pace.seconds_a_run([template.scenario for template in templates]))
