"""Writes docs/advice_tables.md: the tables behind docs/advice.md, from the directory of that sweep.

Every number on the page comes from the sweep's own tables; nothing is run.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from build_fit import table

from klyngesim.experiments.sweeps.factors import DUMMY
from klyngesim.experiments.sweeps.rank_sensitivity import FIRST
from klyngesim.report.sweep_data import SweepData, read
from klyngesim.results.indicators import indicator
from klyngesim.results.sweep import RANK

DECISIVE = {
    "r3-ten-years": ("evaluation.threshold", ("participants_unique_year", "members", "external_private_mkr")),
    "r4-private-money": ("membership.renewal_elasticity", ("members", "external_private_mkr")),
}
"""For each variant a decisive parameter, and the outcomes that are shown by its levels."""

NOTEWORTHY = 0.02
"""A change by less is not counted as better or worse."""

LEADING = 5


def differences(directory: Path, variant: str, outcome: str) -> pd.Series:
    """Relative difference of a variant from the baseline by point, failed ones left out."""
    runs = pd.read_parquet(directory / "runs.parquet").query("status == 'done'")
    values = runs.pivot_table(index="point", columns="scenario", values=outcome)
    return (values[variant] / values["baseline"] - 1.0).dropna()


def by_level(directory: Path, variant: str) -> str:
    """Medians of the differences at every level of the decisive parameter."""
    parameter, outcomes = DECISIVE[variant]
    level = pd.read_csv(directory / "design.csv", index_col="point")[parameter]
    found = {outcome: differences(directory, variant, outcome) for outcome in outcomes}
    rows = []
    for value, points in level.groupby(level).groups.items():
        medians = [f"{one.reindex(points).median():+.1%}" for one in found.values()]
        rows.append((f"{value:g}", str(len(points)), *medians))
    return table((f"`{parameter}`", "points", *(indicator(name).label_en for name in outcomes)), rows)


def better_and_worse(directory: Path, data: SweepData, variant: str) -> str:
    """Share of the points at which every outcome changes by more than `NOTEWORTHY`, up and down."""
    rows = []
    for outcome in data.outcomes:
        found = differences(directory, variant, outcome)
        up, down = (found > NOTEWORTHY).mean(), (found < -NOTEWORTHY).mean()
        rows.append((indicator(outcome).label_en, f"{found.median():+.1%}", f"{up:.0%}", f"{down:.0%}"))
    return table(("outcome", "median", f"over +{NOTEWORTHY:.0%}", f"under -{NOTEWORTHY:.0%}"), rows)


def leading(data: SweepData, variant: str) -> str:
    """The assumptions with the largest mu* of every outcome, with intervals."""
    rows = []
    for outcome in data.outcomes:
        for one in [row for row in data.leading(variant, outcome) if row.parameter != DUMMY][:LEADING]:
            interval = f"{one.low:.3g} to {one.high:.3g}"
            above = "yes" if one.low > one.noise_floor else "no"
            numbers = (f"{one.value:.3g}", interval, f"{one.noise_floor:.3g}", above)
            rows.append((indicator(outcome).label_en, f"`{one.parameter}`", *numbers))
    return table(("outcome", "assumption", "mu*", "90 % interval", "noise floor", "whole interval above"), rows)


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


def page(directory: Path) -> Iterator[str]:
    """The page, part by part."""
    data = read(directory)
    runs = pd.read_parquet(directory / "runs.parquet")
    failed = int((runs.status == "failed").sum())
    yield "# What the advice hangs on: tables"
    yield (
        f"Written by `make advice` from `scenarios/sweeps/advice-assumed.yaml`: {runs.point.nunique():,} points, "
        f"{len(runs):,} runs, {failed} failed, {len(data.factors) - 1} parameters and a dummy; "
        f"means {data.manifest['window']}. "
        "Read them with [the page](advice.md); shares of points are no probabilities."
    )
    for variant in data.scenarios:
        yield f"## {variant}"
        yield by_level(directory, variant)
        yield "Medians of the points' differences from the baseline."
        yield better_and_worse(directory, data, variant)
        yield "Medians, and shares of the points."
        yield leading(data, variant)
    yield "## The order"
    yield order(data, directory)


def main() -> None:
    """Writes the page of a sweep directory; both are given, the directory first."""
    directory, target = map(Path, sys.argv[1:])
    target.write_text("\n\n".join(page(directory)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
