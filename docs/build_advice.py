"""Writes docs/advice_tables.md: the tables behind docs/advice.md, from the directories of the two sweeps.

Every number on the page comes from the sweep's own tables; nothing is run.
"""

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pandas as pd
from build_fit import table

from klyngesim.experiments.sweeps.factors import DUMMY
from klyngesim.experiments.sweeps.rank_sensitivity import FIRST
from klyngesim.report.note_sweep import sentences
from klyngesim.report.sweep_data import SweepData, read
from klyngesim.results.indicators import indicator
from klyngesim.results.sweep import RANK, Index

DECISIVE = {
    "r3-ten-years": ("evaluation.threshold", ("participants_unique_year", "members", "external_private_mkr")),
    "r4-private-money": ("membership.renewal_elasticity", ("members", "external_private_mkr")),
}
"""For each variant a decisive parameter, and the outcomes that are shown by its levels."""

NAMED = {
    "r3-ten-years": ("rival.lock_in", "evaluation.loss", "staff.exit_response", "membership.support_response"),
    "r4-private-money": ("finance.budget_quarters", "finance.spend_down", "effort.recruit", "trust.decay_quarter"),
}
"""Parameters whose ranks are shown, whether they lead or not."""

NOTEWORTHY = 0.02
"""A change by less is not counted as better or worse."""

SUMMARY = ("points", "median", f"over +{NOTEWORTHY:.0%}", f"under -{NOTEWORTHY:.0%}")
"""Columns of `summary`."""

NAMES = {"mu_star": "mu*", "src": "src"}
"""What the main index of a method is called on the page."""

LEADING = 5
"""Assumptions shown for each outcome."""


def differences(runs: pd.DataFrame, variant: str, outcome: str) -> pd.Series:
    """Relative difference of a variant from the baseline by point.

    Points at which a run failed or the baseline has nothing (no members, say) are left out.
    """
    values = runs.query("status == 'done'").pivot_table(index="point", columns="scenario", values=outcome)
    return (values[variant] / values["baseline"].where(values["baseline"] != 0.0) - 1.0).dropna()


def summary(found: pd.Series) -> tuple[str, ...]:
    """Number of points, their median, and the shares that change by more than `NOTEWORTHY`, up and down."""
    shares = [f"{(side > NOTEWORTHY).mean():.1%}" for side in (found, -found)]
    return (str(len(found)), f"{found.median():+.1%}", *shares)


def by_level(
    directory: Path, runs: pd.DataFrame, variant: str, parameter: str, outcomes: tuple[str, ...], parts: int = 0
) -> str:
    """The differences at every level of a parameter, or in so many equal parts of its range."""
    level = pd.read_csv(directory / "design.csv", index_col="point")[parameter]
    if parts:
        ends = [level.min() + (level.max() - level.min()) * part / parts for part in range(parts + 1)]
        names = [f"{low:.2g} to {high:.2g}" for low, high in pairwise(ends)]
        level = pd.cut(level, ends, labels=names, include_lowest=True)
    rows = []
    for outcome in outcomes:
        found = differences(runs, variant, outcome)
        for value, own in found.groupby(level.reindex(found.index), observed=True):
            rows.append((value if parts else f"{value:g}", indicator(outcome).label_en, *summary(own)))
    return table((f"`{parameter}`", "outcome", *SUMMARY), rows)


def by_outcome(data: SweepData, runs: pd.DataFrame, variant: str) -> str:
    """The differences of every outcome, over all levels."""
    rows = [(indicator(one).label_en, *summary(differences(runs, variant, one))) for one in data.outcomes]
    return table(("outcome", *SUMMARY), rows)


def sized(one: Index) -> bool:
    """Whether the whole interval of an index is farther from zero than the dummy's value."""
    return one.low > one.floor or one.high < -one.floor


def leading(data: SweepData, variant: str) -> str:
    """The assumptions with the largest main index of every outcome, with intervals."""
    rows = []
    for outcome in data.outcomes:
        for one in [row for row in data.leading(variant, outcome) if row.parameter != DUMMY][:LEADING]:
            interval = f"{one.low:.3g} to {one.high:.3g}"
            sure = "yes" if sized(one) else "no"
            numbers = (f"{one.value:.3g}", interval, f"{one.floor:.3g}", sure)
            rows.append((indicator(outcome).label_en, f"`{one.parameter}`", *numbers))
    return table(
        ("outcome", "assumption", NAMES[data.main_index], "90 % interval", "noise floor", "whole interval above"), rows
    )


def standing(data: SweepData, variant: str) -> str:
    """Ranks by the main index of the parameters that the page names, among all."""
    ranks = {
        name: [one.parameter for one in data.leading(variant, name) if one.parameter != DUMMY] for name in data.outcomes
    }
    rows = [
        (f"`{name}`", *(str(own.index(name) + 1) if name in own else "" for own in ranks.values()))
        for name in NAMED[variant]
        if name in data.factors
    ]
    return table(("rank among all", *(indicator(name).label_en for name in ranks)), rows)


def above(data: SweepData, variant: str) -> str:
    """How many pairs of outcome and assumption have their whole interval above the noise floor."""
    pairs = [one for name in data.outcomes for one in data.leading(variant, name) if one.parameter != DUMMY]
    sure = sum(sized(one) for one in pairs)
    return f"Of {len(pairs):,} pairs of outcome and assumption {sure} have their whole interval above the noise floor."


def order(data: SweepData, directory: Path) -> str:
    """Share of the points at which each scenario is best."""
    found = pd.read_csv(directory / "indices.csv").set_index("index").loc[[FIRST]]
    shares = found.pivot(index="outcome", columns="scenario", values="value")
    names = ["baseline", *data.scenarios]
    rows = [
        (indicator(name.removeprefix(RANK)).label_en, *(f"{row[scenario]:.0%}" for scenario in names))
        for name, row in shares.loc[[RANK + one for one in data.outcomes if RANK + one in shares.index]].iterrows()
    ]
    return table(("best in", *names), rows)


def made_of(data: SweepData, runs: pd.DataFrame) -> str:
    """What a sweep was."""
    failed = int((runs.status == "failed").sum())
    return (
        f"`{data.name}`: {runs.point.nunique():,} points, {len(runs):,} runs, {failed} failed, "
        f"{len(data.factors) - 1} parameters and a dummy; means {data.manifest['window']}."
    )


def page(directory: Path, conditions: Path) -> Iterator[str]:
    """The page, part by part."""
    data = read(directory)
    runs = pd.read_parquet(directory / "runs.parquet")
    yield "# What the advice hangs on: tables"
    yield (
        "Written by `docs/build_advice.py` (`make advice`) from two sweeps of `scenarios/sweeps/`. Read them with "
        "[the page](advice.md); shares of points are no probabilities."
    )
    yield f"What may matter, {made_of(data, runs)}"
    for variant in data.scenarios:
        yield f"## {variant}"
        yield by_level(directory, runs, variant, *DECISIVE[variant])
        if variant == "r3-ten-years":
            yield by_level(directory, runs, variant, "rival.lock_in", ("participants_unique_year",))
        yield by_outcome(data, runs, variant)
        yield "Differences in per cent of the baseline, where no run failed and the baseline has anything."
        yield leading(data, variant)
        yield above(data, variant)
        yield standing(data, variant)
    yield "## The order"
    yield order(data, directory)
    data, runs = read(conditions), pd.read_parquet(conditions / "runs.parquet")
    yield "## Where they lose"
    yield f"Points that fill the space of the leading assumptions, {made_of(data, runs)}"
    for variant in data.scenarios:
        yield f"### {variant}, leading assumptions over their ranges"
        yield by_level(conditions, runs, variant, *DECISIVE[variant], parts=5)
        yield by_outcome(data, runs, variant)
        yield leading(data, variant)
    yield "A loss of any size counts in these sentences:"
    yield "\n".join(f"- {line}" for line in sentences(data, "en"))


def main() -> None:
    """Writes the page: the directories of the two sweeps and the file are given."""
    directory, conditions, target = map(Path, sys.argv[1:])
    target.write_text("\n\n".join(page(directory, conditions)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
