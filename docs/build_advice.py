"""Writes docs/advice_tables.md: the tables behind docs/advice.md, from a comparison and three sweeps.

Every number on the page comes from their own tables; nothing is run.
"""

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pandas as pd
from advice_comparison import comparison
from build_fit import table
from scipy.special import stdtrit

from klyngesim.note.sweep import sentences
from klyngesim.results.indicators import indicator
from klyngesim.scenario.parameters import registry
from klyngesim.sweeps.data import SweepData, read
from klyngesim.sweeps.ranking import FIRST
from klyngesim.sweeps.rows import DUMMY, RANK, Index

STRICTNESS = "evaluation.threshold"
"""Up to its default an evaluation is called moderate."""

DECISIVE = {
    "r1-depth-and-breadth": (
        ("institutions.outreach_cost_mkr_year", ("applications_won", "ties_cluster", "participants_unique_year")),
        ("researcher.incentive_cost_mkr_year", ("applications_won", "ties_cluster", "participants_unique_year")),
    ),
    "r2-platform": (
        ("local.cost_mkr_year", ("participants_unique_year", "members")),
        ("recruitment.regional_penalty", ("participants_unique_year", "members")),
    ),
    "r3-ten-years": ((STRICTNESS, ("participants_unique_year", "members", "external_private_mkr")),),
    "r4-private-money": (("membership.renewal_elasticity", ("members", "external_private_mkr")),),
}
"""For each variant its decisive parameters, each with the outcomes that are shown over its range."""

FEAR = "evaluation.loss"
"""What decides the sign of R3 where the evaluation is moderate."""

PARTS = 5
"""Parts of a range in the tables over it."""

LOCK_IN = "rival.lock_in"
"""The rival rule that grant money tied to old areas loses use."""

NAMED = {
    "r1-depth-and-breadth": (
        "institutions.outreach_cost_mkr_year",
        "researcher.incentive_cost_mkr_year",
        "contact_staff.cost_mkr_year",
        "institutions.outreach_effect",
        "researcher.incentive_effect",
        "broker.ratio",
        "broker.headroom",
    ),
    "r2-platform": (
        "local.cost_mkr_year",
        "recruitment.regional_penalty",
        "attention.strength",
        "referral.warmth",
        "initiative.cost_ratio",
        "platform.hours_per_initiative",
    ),
    "r3-ten-years": (
        LOCK_IN,
        "rival.complacency",
        FEAR,
        "staff.exit_response",
        "membership.support_response",
    ),
    "r4-private-money": (
        "membership.renewal_elasticity",
        "membership.joining_elasticity",
        "cofinancing.attention_drift",
        "finance.running_more",
    ),
}
"""Parameters whose ranks are shown, whether they lead or not: costs, strengths and rivals."""

NOTEWORTHY = 0.02
"""A change by less is not counted as better or worse."""

SUMMARY = ("points", "median", "worse", f"under -{NOTEWORTHY:.0%}", f"over +{NOTEWORTHY:.0%}")
"""Columns of `summary`."""

SHOWN = {"morris": ("mu_star", "mu*"), "lhs": ("prcc", "partial rank correlation")}
"""The index that is shown of a method, and what it is called on the page.

Of scattered points ranks are taken: many responses are flat and then fall, which straight lines do not hold.
"""

LEADING = 5
"""Assumptions shown for each outcome."""


def usual(parameter: str) -> float:
    """Default of a parameter, from the registry."""
    return float(registry()[parameter].default)


def differences(runs: pd.DataFrame, variant: str, outcome: str) -> pd.Series:
    """Relative difference of a variant from the baseline by point.

    Points at which a run failed or the baseline has nothing (no members, say) are left out.
    """
    values = runs.query("status == 'done'").pivot_table(index="point", columns="scenario", values=outcome)
    return (values[variant] / values["baseline"].where(values["baseline"] != 0.0) - 1.0).dropna()


def summary(found: pd.Series) -> tuple[str, ...]:
    """Number of points, their median, and the shares that are worse at all, or worse or better by `NOTEWORTHY`."""
    shares = (found < 0.0, found < -NOTEWORTHY, found > NOTEWORTHY)
    return (str(len(found)), f"{found.median():+.1%}", *(f"{share.mean():.1%}" for share in shares))


def by_part(
    directory: Path, runs: pd.DataFrame, variant: str, parameter: str, outcomes: tuple[str, ...], moderate: bool = False
) -> str:
    """The differences in five equal parts of a parameter's range; if asked, only where the evaluation is moderate."""
    design = pd.read_csv(directory / "design.csv", index_col="point")
    level = design[parameter]
    ends = [level.min() + (level.max() - level.min()) * part / PARTS for part in range(PARTS + 1)]
    names = [f"{low:.2g} to {high:.2g}" for low, high in pairwise(ends)]
    level = pd.cut(level, ends, labels=names, include_lowest=True)
    if moderate:
        level = level[design[STRICTNESS] <= usual(STRICTNESS)]
    rows = []
    for outcome in outcomes:
        found = differences(runs, variant, outcome)
        for value, own in found.groupby(level.reindex(found.index), observed=True):
            rows.append((value, indicator(outcome).label_en, *summary(own)))
    return table((f"`{parameter}`", "outcome", *SUMMARY), rows)


def by_outcome(data: SweepData, runs: pd.DataFrame, variant: str) -> str:
    """The differences of every outcome, over all levels."""
    rows = [(indicator(one).label_en, *summary(differences(runs, variant, one))) for one in data.outcomes]
    return table(("outcome", *SUMMARY), rows)


def ordered(data: SweepData, variant: str, outcome: str) -> list[Index]:
    """The index that is shown of all factors, largest first; none where the outcome does not vary."""
    found = data.of(variant, outcome, SHOWN[data.method][0])
    return sorted(found, key=lambda one: -abs(one.value)) if any(one.value for one in found) else []


def leading(data: SweepData, variant: str) -> str:
    """The assumptions with the largest index of every outcome, with intervals."""
    rows = []
    for outcome in data.outcomes:
        found = ordered(data, variant, outcome)
        for one in [row for row in found if row.parameter != DUMMY][:LEADING]:
            interval = f"{one.low:.3g} to {one.high:.3g}"
            sure = "yes" if one.above else "no"
            numbers = (f"{one.value:.3g}", interval, f"{one.noise_floor:.3g}", sure)
            rows.append((indicator(outcome).label_en, f"`{one.parameter}`", *numbers))
    name = SHOWN[data.method][1]
    return table(("outcome", "assumption", name, "90 % interval", "dummy up to", "whole interval above"), rows)


def spared(directory: Path, runs: pd.DataFrame, variant: str, rule: str) -> str:
    """Participants where nobody can be closed, with a rival rule off and on."""
    design = pd.read_csv(directory / "design.csv", index_col="point")
    found = differences(runs, variant, "participants_unique_year")
    own = design.loc[found.index]
    rows = [
        (name, *summary(found[(own[STRICTNESS] == 0.0) & ((own[rule] > 0.0) == on)]))
        for name, on in (("off", False), ("on", True))
    ]
    return table((f"`{rule}`, nobody closed: participants", *SUMMARY), rows)


def mean_effects(data: SweepData, variant: str, parameter: str) -> str:
    """Mean elementary effect of one parameter on every outcome, over its whole range, all else as it was."""
    found = [(outcome, one) for outcome in data.outcomes for one in data.of(variant, outcome, "mu")]
    rows = [
        (indicator(outcome).label_en, f"{one.value:.3g}", f"{one.low:.3g} to {one.high:.3g}")
        for outcome, one in found
        if one.parameter == parameter
    ]
    return table((f"mean effect of `{parameter}` on", "over its range", "90 % interval"), rows)


def standing(data: SweepData, variant: str) -> str:
    """Ranks by the main index of the parameters that the page names, among all."""
    ranks = {
        name: [one.parameter for one in ordered(data, variant, name) if one.parameter != DUMMY]
        for name in data.outcomes
    }
    rows = [
        (f"`{name}`", *(str(own.index(name) + 1) if name in own else "" for own in ranks.values()))
        for name in NAMED[variant]
        if name in data.factors
    ]
    return table(("rank among all", *(indicator(name).label_en for name in ranks)), rows)


def above(data: SweepData, variant: str) -> str:
    """How many pairs of outcome and assumption have their whole interval above the dummy's."""
    told, pairs = [], 0
    for outcome in data.outcomes:
        found = ordered(data, variant, outcome)
        sure = [one for one in found if one.above]
        pairs += sum(one.parameter != DUMMY for one in found)
        told += [f"`{one.parameter}` ({indicator(outcome).label_en})" for one in sure]
    return f"Of {pairs:,} pairs of outcome and assumption {len(told)} have their whole interval above the dummy's: " + (
        f"{', '.join(told)}." if told else "none."
    )


def order(data: SweepData, directory: Path, runs: pd.DataFrame) -> str:
    """Share of the points at which each scenario is best, and of those at which all are alike."""
    found = pd.read_csv(directory / "indices.csv").set_index("index").loc[[FIRST]]
    shares = found.pivot(index="outcome", columns="scenario", values="value")
    names = ["baseline", *data.scenarios]
    rows = []
    for outcome in data.outcomes:
        if RANK + outcome in shares.index:
            values = runs.query("status == 'done'").pivot_table(index="point", columns="scenario", values=outcome)
            alike = (values.dropna().nunique(axis=1) == 1).mean()
            best = (f"{shares.loc[RANK + outcome, scenario]:.0%}" for scenario in names)
            rows.append((indicator(outcome).label_en, *best, f"{alike:.0%}"))
    return table(("best in", *names, "all alike"), rows)


def made_of(data: SweepData, runs: pd.DataFrame) -> str:
    """What a sweep was."""
    failed = int((runs.status == "failed").sum())
    return (
        f"`{data.name}`: {runs.point.nunique():,} points, {len(runs):,} runs, {failed} failed, "
        f"{len(data.factors) - 1} parameters and a dummy; means {data.manifest['window']}."
    )


def alone(directory: Path, variant: str) -> str:
    """Mean relative difference over the seeds at every value of each parameter, all others as usual.

    Intervals are those of the mean by Student's t over the seeds.
    """
    data, runs = read(directory), pd.read_parquet(directory / "runs.parquet")
    design = pd.read_csv(directory / "design.csv", index_col="point")
    rows = []
    for parameter in data.factors:
        moved = design[(design != design.iloc[0]).drop(columns=parameter).sum(axis=1) == 0][parameter]
        for outcome in data.outcomes:
            values = runs.pivot_table(index=["point", "seed"], columns="scenario", values=outcome)
            change = values[variant] / values["baseline"] - 1.0
            for point, value in moved.drop_duplicates().sort_values().items():
                own = change.loc[point]
                half = stdtrit(len(own) - 1, 0.95) * own.std() / len(own) ** 0.5
                interval = f"{own.mean() - half:+.1%} to {own.mean() + half:+.1%}"
                worse = f"{(own < 0.0).sum()} of {len(own)}"
                rows.append(
                    (f"`{parameter}`", f"{value:g}", indicator(outcome).label_en, f"{own.mean():+.1%}", interval, worse)
                )
    return table(("everything else as usual", "value", "outcome", "mean", "90 % interval", "seeds worse"), rows)


def page(compared: Path, directory: Path, conditions: Path, usually: Path) -> Iterator[str]:
    """The page, part by part."""
    data = read(directory)
    runs = pd.read_parquet(directory / "runs.parquet")
    yield "# What the advice hangs on: tables"
    yield (
        "Written by `docs/build_advice.py` (`make advice`) from a comparison and three sweeps of `scenarios/sweeps/`. "
        "Read them with [the page](advice.md); shares of points are not probabilities."
    )
    yield "## What each recommendation changes"
    yield from comparison(compared)
    yield "## What may matter"
    yield f"Screening, {made_of(data, runs)}"
    for variant in data.scenarios:
        yield f"### {variant}"
        yield by_outcome(data, runs, variant)
        yield "Differences in per cent of the baseline, where no run failed and the baseline has anything."
        yield leading(data, variant)
        yield above(data, variant)
        yield standing(data, variant)
        if variant == "r3-ten-years":
            yield mean_effects(data, variant, LOCK_IN)
            yield spared(directory, runs, variant, LOCK_IN)
    yield "## The order"
    yield "Where scenarios are alike at a point, each is counted as best with its part."
    yield order(data, directory, runs)
    data, runs = read(conditions), pd.read_parquet(conditions / "runs.parquet")
    yield "## Where they lose"
    yield f"Points that fill the space of the leading assumptions, {made_of(data, runs)}"
    for variant in data.scenarios:
        yield f"### {variant}, leading assumptions over their ranges"
        for parameter, outcomes in DECISIVE[variant]:
            if parameter in data.factors:
                yield by_part(conditions, runs, variant, parameter, outcomes)
        if variant == "r3-ten-years":
            yield f"Where `{STRICTNESS}` is {usual(STRICTNESS):g}, its default, or less:"
            yield by_part(conditions, runs, variant, FEAR, DECISIVE[variant][0][1], moderate=True)
        yield by_outcome(data, runs, variant)
        yield leading(data, variant)
        yield above(data, variant)
    yield "A loss of any size counts in these sentences:"
    yield "\n".join(f"- {line}" for line in sentences(data, "en"))
    yield "## A check on other seeds"
    yield alone(usually, "r3-ten-years")


def main() -> None:
    """Writes the page: the directories of the comparison and the three sweeps and the file are given."""
    *directories, target = map(Path, sys.argv[1:])
    target.write_text("\n\n".join(page(*directories)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
