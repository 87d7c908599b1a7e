"""What the makers and the readers of a comparison directory have in common: its format and its main indicators."""

from __future__ import annotations

from collections.abc import Iterable

FORMAT = "klyngesim-comparison/1"
"""Layout of a comparison directory."""

MAIN = (
    "participants_unique_year",
    "new_participants",
    "members",
    "applications_won",
    "projects_external_started",
    "external_private_mkr",
    "external_public_mkr",
    "social_capital",
)
"""Indicators whose intervals decide when there are pairs enough, and which summary, note and figure show."""

GROSS_AND_NET = ("ties_cluster", "ties_firm_institution")
"""Ties that clusters brokered, and all of them: the second difference is net of ties that arise outside clusters
instead (E160, E164, E206). Their level is prior-driven, so they are never a headline."""

GUARD = "small_firm_share"
"""The guardrail: small firms among the participants (L12)."""

SHOWN = (*MAIN, *GROSS_AND_NET, GUARD)
"""Indicators of the tables that people read first."""

_TOLD_ELSEWHERE = ("period", "period.end", "seed", "replicates")


def settings_by_path(settings: Iterable[str]) -> dict[str, str]:
    """What ``PATH=VALUE`` settings of all runs say, by path; without the seeds and the end, which stand elsewhere."""
    pairs = (text.partition("=") for text in settings if not text.startswith("--"))
    found = {path.strip().removeprefix("parameters."): value.strip() for path, _, value in pairs}
    return {path: value for path, value in found.items() if path not in _TOLD_ELSEWHERE}
