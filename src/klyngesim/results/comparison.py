"""What the makers and the readers of a comparison directory have in common: its format and its main indicators."""

from __future__ import annotations

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

GUARD = "small_firm_share"
"""The guardrail: small firms among the participants (L12)."""
