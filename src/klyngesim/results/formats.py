"""Rows of the yearly tables that runs leave: their fields are the columns, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class SummaryRow:
    """summary.csv: an indicator in a year, mean and 90 % band over ``n`` replicates, of a cluster or the programme."""

    scenario: str
    year: int
    cluster: str
    indicator: str
    unit: str
    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class FunnelRow:
    """funnel.csv: moves of a kind in a year, mean over ``n`` replicates; words of `vocabulary`."""

    scenario: str
    year: int
    cluster: str
    firm_class: str
    from_stage: str
    to_stage: str
    reason: str
    count: float
    n: int


@dataclass(frozen=True)
class FinanceRow:
    """finance.csv: an account in a year, mio. kr., mean over ``n`` replicates."""

    scenario: str
    year: int
    cluster: str
    account: str
    mkr: float
    n: int


@dataclass(frozen=True)
class CohortRow:
    """cohorts.csv: what became of the ideas that entered a stage in a year, mean over ``n`` replicates."""

    scenario: str
    entered: int
    cluster: str
    firm_class: str
    stage: str
    outcome: str
    count: float
    n: int


Yearly = SummaryRow | FunnelRow | FinanceRow | CohortRow

YEARLY: Mapping[str, type[Yearly]] = {
    "summary": SummaryRow,
    "funnel": FunnelRow,
    "finance": FinanceRow,
    "cohorts": CohortRow,
}
"""The tables by the names of their files."""
