"""Tables of a comparison for docs/advice_tables.md: differences, parts, and strengths at which nothing is left."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from build_fit import table

from klyngesim.results.indicators import indicator

INDICATORS = (
    "participants_unique_year",
    "participating_firms_all_year",
    "new_participants",
    "members",
    "applications_submitted",
    "applications_won",
    "ties_cluster",
    "ties_firm_institution",
    "projects_pilot_started",
    "external_private_mkr",
    "grant_spent_mkr",
    "social_capital",
)
"""Indicators that the page shows, in this order."""

HEADLINES = (
    "participants_unique_year",
    "members",
    "projects_pilot_started",
    "projects_external_started",
    "external_private_mkr",
)
"""Indicators whose parts and break-even strengths are shown; every application granted starts an external project."""


def label(name: str) -> str:
    """English label of an indicator."""
    return indicator(name).label_en


def percent(low: float, high: float) -> str:
    """An interval of shares."""
    return f"{low:+.1%} to {high:+.1%}"


def differences(directory: Path, window: str) -> pd.DataFrame:
    """Mean difference and 90 % interval, shares of the baseline's level, and verdict; by scenario and indicator."""
    rows = pd.read_csv(directory / "comparison.csv").query("window == @window").set_index(["scenario", "indicator"])
    level = pd.read_csv(directory / "precision.csv").query("window == @window").set_index(["scenario", "indicator"])
    rows["level"] = level["baseline_mean"].abs()
    for column in ("mean_difference", "low", "high"):
        rows[column] /= rows["level"]
    return rows


def changes(rows: pd.DataFrame, variant: str) -> str:
    """What a variant changes."""
    own = rows.loc[variant]
    lines = [
        (label(name), f"{row.mean_difference:+.1%}", percent(row.low, row.high), row.verdict, row.rests_on)
        for name in INDICATORS
        if name in own.index
        for row in [own.loc[name]]
    ]
    return table(("outcome", "mean", "90 % interval", "verdict", "rests on"), lines)


def parts(directory: Path, variant: str) -> str:
    """What the difference loses without each part of a variant."""
    rows = pd.read_csv(directory / "decomposition.csv").query("scenario == @variant and indicator in @HEADLINES")
    lines = [
        (label(row.indicator), row.part, f"{row.contribution:+.1%}", percent(row.low, row.high), f"{row.whole:+.1%}")
        for row in rows.itertuples()
        if row.n_pairs > 0
    ]
    return table(("outcome", "part", "contributes", "90 % interval", "whole variant"), lines) if lines else ""


def breakevens(directory: Path, variant: str) -> str:
    """Strengths inside their range at which a variant equals the baseline, and whether chance may have made them."""
    rows = pd.read_csv(directory / "breakeven.csv").query("scenario == @variant and indicator in @HEADLINES")
    lines = [
        (
            f"`{row.parameter}`",
            label(row.indicator),
            f"{row.evidence_low:g} to {row.evidence_high:g}",
            f"{row.breakeven:.3g}",
            row.unclear,
        )
        for row in rows.itertuples()
        if row.inside_evidence == "yes"
    ]
    if not lines:
        return "No strength inside its range leaves nothing of a difference."
    return table(("strength", "outcome", "range", "nothing is left at", "may be chance"), lines)


def comparison(directory: Path) -> Iterator[str]:
    """All tables of a comparison, variant by variant."""
    window = str(pd.read_csv(directory / "comparison.csv")["window"].iloc[0])
    rows = differences(directory, window)
    for variant in rows.index.get_level_values("scenario").unique():
        own = rows.loc[variant]
        yield f"### {variant}, {window}, {int(own['n_pairs'].max())} pairs"
        yield changes(rows, variant)
        yield from filter(None, (parts(directory, variant), breakevens(directory, variant)))
