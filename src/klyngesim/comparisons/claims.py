"""Where the model goes with the claims of the report, and where it does not (``data/claims.csv``).

Only what the report gives a direction to is in the list. Its levers L09, L10, L12, L18, L19, L41, L51, L52 and L54 are
not: what it says of them points both ways, hangs on what a scenario makes of it, or names no effect. L53 describes
other countries, and for L40, L43 and L46 comparison.csv has no indicator. A claim that no rule of the model carries is
not held against a difference, which would be luck or come from elsewhere: it reads *not modelled*.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from klyngesim.comparisons.differences import Paired, verdict
from klyngesim.comparisons.verdicts import direction
from klyngesim.evidence.catalogue import policy_levers
from klyngesim.results.comparison import Verdict
from klyngesim.results.indicators import INDICATORS

if TYPE_CHECKING:
    from klyngesim.comparisons.pairs import Runs
    from klyngesim.evidence.files import LineRanges

Reading = Literal["in line", "against", "not shown", "not modelled"]

COLUMNS = ("lever", "indicator", "expected", "claim", "why")
SIGNS = {"up": 1, "down": -1}
READINGS: dict[Verdict, Reading] = {"better": "in line", "worse": "against"}
"""What a verdict in the claimed direction says of a claim; every other one shows nothing."""
NOT_MODELLED = "Not modelled: "
"""How the reason begins where no rule carries a claim, as in the table of levers."""


@dataclass(frozen=True)
class Claim:
    """Something that the report claims of one of its levers.

    Attributes:
        lever: id of the lever.
        indicator: id of the indicator that stands for the claim; that choice is the model's and not the report's.
        expected: ``up`` or ``down``.
        claim: what the report claims, in words of our own.
        why: what in the model can make it come out otherwise, or ``Not modelled: `` and what is missing.
    """

    lever: str
    indicator: str
    expected: str
    claim: str
    why: str

    @property
    def modelled(self) -> bool:
        """Whether a rule of the model carries it."""
        return not self.why.startswith(NOT_MODELLED)


@dataclass(frozen=True)
class ClaimRow:
    """A row of claims.csv: a claim held against the first window.

    lines                 lines of the report that the lever stands on
    relative, low, high   mean difference and its 90 % interval, shares of the baseline's level
    """

    scenario: str
    lever: str
    lines: str
    claim: str
    indicator: str
    expected: str
    relative: float
    low: float
    high: float
    reading: Reading
    why: str


@cache
def claims() -> tuple[Claim, ...]:
    """The list. Raises as `parse`."""
    return parse(files("klyngesim.comparisons").joinpath("data/claims.csv").read_text(encoding="utf-8"))


def parse(text: str) -> tuple[Claim, ...]:
    """The claims in the text of a file.

    Raises:
        ValueError: other columns, or all faults of the rows at once: an unknown lever, an indicator that
            comparison.csv does not have, a direction that is none, a pair of lever and indicator that stands twice.
    """
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ValueError(f"claims.csv:1: columns {reader.fieldnames}; allowed: {','.join(COLUMNS)}")
    levers = {lever.id for lever in policy_levers()}
    compared = {indicator.id for indicator in INDICATORS if direction(indicator)}
    found: dict[tuple[str, str], Claim] = {}
    faults = []
    for row in reader:
        place, claim = f"claims.csv:{reader.line_num}", Claim(**{name: row[name] for name in COLUMNS})
        if claim.lever not in levers:
            faults.append(f"{place}: {claim.lever}: no policy lever of the report")
        if claim.indicator not in compared:
            faults.append(f"{place}: {claim.indicator}: no indicator of comparison.csv")
        if claim.expected not in SIGNS:
            faults.append(f"{place}: {claim.expected}; allowed: up, down")
        if (claim.lever, claim.indicator) in found:
            faults.append(f"{place}: {claim.lever} and {claim.indicator} stand twice")
        found[claim.lever, claim.indicator] = claim
    if faults:
        raise ValueError("\n".join(faults))
    return tuple(found.values())


def reading(found: Paired, expected: str, smallest: float) -> Reading:
    """What the differences say of a claim.

    Args:
        found: the paired differences.
        expected: direction of the claim.
        smallest: smallest effect of interest, as a share of the baseline's level.

    Without a level of the baseline there is nothing to hold a difference against, so nothing is shown.
    """
    if math.isnan(found.relative):
        return "not shown"
    return READINGS.get(verdict(found, SIGNS[expected], smallest * abs(found.baseline)), "not shown")


def claimed(runs: Runs) -> Iterator[ClaimRow]:
    """Every claim on the levers that a variant gives as its sources, in the first window."""
    lines = {lever.id: _text(lever.lines) for lever in policy_levers()}
    for variant, scenario in enumerate(runs.scenarios[1:], start=1):
        for claim in claims():
            if claim.lever not in scenario.source:
                continue
            found = runs.paired(variant, 0, claim.indicator)
            # A difference of what no rule carries says nothing of the claim, not even that it is small.
            level = abs(found.baseline) or math.nan if claim.modelled else math.nan
            yield ClaimRow(
                scenario=scenario.name,
                lever=claim.lever,
                lines=lines[claim.lever],
                claim=claim.claim,
                indicator=claim.indicator,
                expected=claim.expected,
                relative=found.relative if claim.modelled else math.nan,
                low=found.low / level,
                high=found.high / level,
                reading=reading(found, claim.expected, runs.smallest_effect) if claim.modelled else "not modelled",
                why=claim.why,
            )


def _text(ranges: LineRanges) -> str:
    return ";".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)
