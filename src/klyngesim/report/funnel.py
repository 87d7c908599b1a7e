"""The funnel in numbers: what became of episodes (Danish *forløb*) at each stage, by year window.

Every move out of a stage is counted as going on, going back or ending for a reason. The first four stages have no
datum of their own, so their moves are also counted jointly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from klyngesim.report.numbers import years
from klyngesim.report.run_data import Move, RunData

COLUMNS = ("period", "stage", "outcome", "moves_per_year", "share_of_stage")

RANK = {
    "outside": 0,
    "contacted": 1,
    "dissemination": 2,
    "internationalisation": 2,
    "matchmaking": 3,
    "pilot": 4,
    "application": 4,
    "external_project": 5,
    "innovation": 6,
}
"""Order of the stages; equal ranks are parallel: the two first kinds of activity, the loop of pilot and application."""

EARLY = ("contacted", "dissemination", "internationalisation", "matchmaking")
"""Stages whose rates no datum tells apart."""

JOINT = "first_stages"
STAGES = (JOINT, *EARLY, "application", "pilot", "external_project")
"""Rows of the figure from the top."""

OUTCOME = "innovation"

OUTCOMES = ("on", "back", "completed", "rejected", "firm", "offer", "terms", "ended", "elsewhere")
"""What can become of an episode at a stage, in the order shown."""

_FAMILIES = {
    "completed": "completed",
    "not_interested": "firm",
    "not_ready": "firm",
    "withdrew": "firm",
    "no_seat": "offer",
    "no_partner": "offer",
    "no_capacity": "offer",
    "rejected": "rejected",
    "price": "terms",
    "lost_trust": "terms",
    "firm_died": "ended",
    "support_ended": "ended",
    "other_fora": "elsewhere",
}


@dataclass(frozen=True)
class Panel:
    """Moves a year out of each stage by outcome, over the years of one window."""

    window: tuple[int, ...]
    moves: dict[str, dict[str, float]]
    innovations: float

    def total(self, stage: str) -> float:
        """All moves a year out of a stage."""
        return sum(self.moves[stage].values())

    def share(self, stage: str, outcome: str) -> float:
        """Share of the moves out of a stage that have an outcome; 0 when nothing moved."""
        total = self.total(stage)
        return self.moves[stage][outcome] / total if total else 0.0

    @property
    def period(self) -> str:
        """The window as text."""
        return years(self.window[0], self.window[-1])


def outcome_of(move: Move) -> str:
    """What a move is counted as: on, back, or why it ended. Raises ``ValueError`` for an unknown stage.

    A rejected application and a completed pilot count as such also when the idea stays in the funnel.
    """
    if move.reason in ("rejected", "completed") or move.to_stage == "left":
        return _FAMILIES.get(move.reason, "elsewhere")
    try:
        return "on" if RANK[move.to_stage] >= RANK[move.from_stage] else "back"
    except KeyError as unknown:
        raise ValueError(f"funnel.csv: stage {unknown} has no place in the funnel") from None


def panel(run: RunData, window: tuple[int, ...]) -> Panel:
    """Sums the moves of a window to a mean per year; moves inside the first stages are left out of the joint row."""
    moves = {stage: dict.fromkeys(OUTCOMES, 0.0) for stage in STAGES}
    innovations = 0.0
    for move, count in run.moves.items():
        if move.year not in window or move.from_stage == move.to_stage:
            continue
        outcome = outcome_of(move)
        if move.from_stage in moves:
            moves[move.from_stage][outcome] += count / len(window)
        if move.from_stage in EARLY and move.to_stage not in EARLY:
            moves[JOINT][outcome] += count / len(window)
        if move.to_stage == OUTCOME:
            innovations += count / len(window)
    return Panel(window, moves, innovations)


def rows(panels: Sequence[Panel]) -> tuple[tuple[str | int | float, ...], ...]:
    """Every segment drawn, and the ideas that became an innovation."""
    found: list[tuple[str | int | float, ...]] = []
    for one in panels:
        for stage in STAGES:
            for outcome in OUTCOMES:
                found.append((one.period, stage, outcome, one.moves[stage][outcome], one.share(stage, outcome)))
        found.append((one.period, OUTCOME, "reached", one.innovations, 1.0))
    return tuple(found)
