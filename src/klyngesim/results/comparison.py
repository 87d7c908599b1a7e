"""What the makers and the readers of a comparison directory have in common: format, verdicts and what is shown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Literal, Protocol

FORMAT = "klyngesim-comparison/3"
"""Layout of a comparison directory."""

FEWEST = 5
"""Pairs from which an interval says anything at all."""

Verdict = Literal["better", "worse", "no difference", "uncertain", "nothing changes", ""]
"""``better``, ``worse``: the whole interval lies beyond the smallest effect of interest; ``no difference``: all of it
lies inside; ``uncertain``: neither; ``nothing changes``: every run equals the baseline's; empty: the interval says
nothing, because there are fewer than `FEWEST` pairs, no values, or no width."""

Outlook = Literal["holds", "weakens", "turns", "open", ""]
"""What the tenable assumptions leave of a verdict. Of a sure one: it ``turns`` into the reverse in one draw of ten or
more, else ``holds`` in three of four or more, else ``weakens``. Of any other: ``open`` where one draw of four or more
is better or worse. Empty: there is nothing to add, or no draws were made."""


def outlook(verdict: Verdict, better: float, worse: float) -> Outlook:
    """The word for what the shares of draws that are better and worse leave of a verdict, see `Outlook`."""
    if verdict not in SURE:
        return "open" if verdict and max(better, worse) >= 0.25 else ""
    same, reverse = (better, worse) if verdict == "better" else (worse, better)
    if reverse >= 0.10:
        return "turns"
    return "holds" if same >= 0.75 else "weakens"


SURE: tuple[Verdict, ...] = ("better", "worse")
"""Verdicts on a change that is sure."""

MAIN = (
    "participants_unique_year",
    "new_participants",
    "members",
    "projects_pilot_started",
    "projects_external_started",
    "innovations",
    "external_private_mkr",
    "external_public_mkr",
    "social_capital",
)
"""Indicators whose intervals decide when there are pairs enough, and which summary, note and figure always show."""

SAME: Mapping[str, str] = {"applications_won": "projects_external_started"}
"""Indicators that equal another one in every run, by construction: what is granted starts in the same quarter. They
take one row, under the other one's id."""

GROSS_AND_NET = ("ties_cluster", "ties_firm_institution")
"""Ties that clusters brokered, and all of them: the second difference is net of ties that arise outside clusters
instead (E160, E164, E206). Their level is prior-driven, so they are never a headline."""

GUARD = "small_firm_share"
"""The guardrail: small firms among the participants (L12)."""

SHOWN = (*MAIN, *GROSS_AND_NET, GUARD)
"""Indicators that the tables people read first have, whatever comes of them."""


class Judged(Protocol):
    """A difference with its verdict, as makers and readers have it."""

    @property
    def indicator(self) -> str:
        """Its id."""

    @property
    def relative(self) -> float:
        """Share of the baseline's level; NaN over nothing."""

    @property
    def verdict(self) -> str:
        """A word of `Verdict`."""


def in_order(found: Iterable[Judged]) -> list[str]:
    """Indicators that people are shown: every sure change first, the largest before all others, then `SHOWN`.

    The size of a change is its share of the baseline's level, the largest of those that are sure; what the baseline has
    nothing of comes first. Of two indicators that are always equal only one is there, see `SAME`.
    """
    sizes: dict[str, float] = {}
    for one in found:
        if one.verdict in SURE and one.indicator not in SAME:
            size = math.inf if math.isnan(one.relative) else abs(one.relative)
            sizes[one.indicator] = max(size, sizes.get(one.indicator, size))
    sure = sorted(sizes, key=lambda name: -sizes[name])
    return [*sure, *(name for name in SHOWN if name not in sizes)]


_TOLD_ELSEWHERE = ("period", "period.end", "seed", "replicates")


def settings_by_path(settings: Iterable[str]) -> dict[str, str]:
    """What ``PATH=VALUE`` settings of all runs say, by path; without the seeds and the end, which stand elsewhere."""
    pairs = (text.partition("=") for text in settings if not text.startswith("--"))
    found = {path.strip().removeprefix("parameters."): value.strip() for path, _, value in pairs}
    return {path: value for path, value in found.items() if path not in _TOLD_ELSEWHERE}
