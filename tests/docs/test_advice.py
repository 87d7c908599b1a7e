"""The tables behind the page on the advice are those of the sweep that they are made from."""

import runpy
import subprocess
import sys

import pandas as pd
import pytest

from klyngesim.scenario.parameters import registry
from tests.static.sources import ROOT

pytestmark = pytest.mark.slow  # three sweeps

SWEEP = """\
title: {en: Small, da: Lille}
question: Which?
scenario: [baseline, r3-ten-years, r4-private-money]
method: morris
samples: 2
seed: 1
parameters: [evaluation.threshold, evaluation.loss, membership.renewal_elasticity, rival.lock_in]
dummy: true
outcomes: [participants_unique_year, members, external_private_mkr]
set: [population.scale=0.01, period.end=2027Q4]
"""


USUAL = """\
scenario: [baseline, r3-ten-years]
method: oat
levels: 2
replicates: 3
seed: 11
parameters: [rival.lock_in]
dummy: false
outcomes: [participants_unique_year]
set: [population.scale=0.01, period.end=2027Q4]
"""
CONDITIONS = SWEEP.replace("morris\nsamples: 2", "lhs\nsamples: 24\ndiscovery: true")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Directory of a small sweep, and the page."""
    folder = tmp_path_factory.mktemp("advice")
    for name, text in (("out", SWEEP), ("conditions", CONDITIONS), ("usual", USUAL)):
        (folder / f"{name}.yaml").write_text(f"name: {name}\n{text}", encoding="utf-8")
        call = [
            sys.executable,
            "-m",
            "klyngesim",
            "sweep",
            f"{name}.yaml",
            "--out",
            name,
            "--no-figures",
            "--jobs",
            "2",
        ]
        subprocess.run(call, cwd=folder, check=True, capture_output=True)
    numbers = ("--pairs", "5", "--breakeven", "2", "--parts", "2", "--end", "2027Q4", "--no-figures", "--jobs", "2")
    compare = [sys.executable, "-m", "klyngesim", "compare", "baseline", "r3-ten-years", "--out", "compared"]
    scale = ("--set", "population.scale=0.01")
    subprocess.run([*compare, *numbers, *scale], cwd=folder, check=True, capture_output=True)
    page = folder / "page.md"
    script = ROOT / "docs" / "build_advice.py"
    directories = (folder / name for name in ("compared", "out", "conditions", "usual"))
    subprocess.run([sys.executable, script, *directories, page], check=True)
    return folder, page.read_text(encoding="utf-8")


def rows(page, first):
    """Cells of the table whose header begins with a cell."""
    lines = page.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first} |"))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def changes(directory, variant, outcome):
    """Relative change of a variant by point, from the runs themselves."""
    runs = pd.read_parquet(directory / "runs.parquet")
    found = {name: own.set_index("point")[outcome] for name, own in runs.groupby("scenario")}
    return found[variant] / found["baseline"] - 1.0


def told(change):
    """The cells of a line on these changes."""
    return [
        str(len(change)),
        f"{change.median():+.1%}",
        f"{(change < 0.0).mean():.1%}",
        f"{(change < -0.02).mean():.1%}",
        f"{(change > 0.02).mean():.1%}",
    ]


def parts(level):
    """Number of the fifth of its range in which each value lies."""
    fifth = (level.max() - level.min()) / 5
    return ((level - level.min()) / fifth).clip(upper=4.999).astype(int)


def test_what_a_recommendation_changes_is_what_the_comparison_says(made):
    """Shares of the baseline's level, worked out from the pairs themselves."""
    folder, page = made
    pairs = pd.read_parquet(folder / "compared" / "pairs.parquet").query("indicator == 'members'")
    values = pairs.pivot_table(index=["seed", "draw"], columns="scenario", values="value")
    change = (values["r3-ten-years"] - values["baseline"]).mean() / abs(values["baseline"].mean())
    lines = [row for row in rows(page, "outcome | mean | 90 % interval | verdict") if row[0] == "Members"]
    assert [row[1] for row in lines] == [f"{change:+.1%}"]


def test_lines_over_a_range_are_those_of_the_runs(made):
    folder, page = made
    change = changes(folder / "conditions", "r4-private-money", "members")
    part = parts(pd.read_csv(folder / "conditions" / "design.csv", index_col="point")["membership.renewal_elasticity"])
    expected = [told(change[part == number]) for number in sorted(part.unique())]
    found = rows(page, "`membership.renewal_elasticity` | outcome")
    assert [row[2:] for row in found if row[1] == "Members"] == expected


def test_the_fear_of_evaluations_is_shown_where_they_are_moderate(made):
    folder, page = made
    change = changes(folder / "conditions", "r3-ten-years", "participants_unique_year")
    design = pd.read_csv(folder / "conditions" / "design.csv", index_col="point")
    moderate = design["evaluation.threshold"] <= float(registry()["evaluation.threshold"].default)
    part = parts(design["evaluation.loss"])[moderate]
    assert 0 < len(part) < len(design)
    expected = [told(change[part.index][part == number]) for number in sorted(part.unique())]
    found = [row[2:] for row in rows(page, "`evaluation.loss` | outcome") if row[1] == "Participants in the year"]
    assert found == expected


def test_lines_by_outcome_are_those_of_the_runs(made):
    folder, page = made
    assert rows(page, "outcome | points")[1] == ["Members", *told(changes(folder / "out", "r3-ten-years", "members"))]


def test_an_interval_counts_from_where_the_dummys_ends(made):
    """Of the screening: mu* and the far end of the dummy's interval, from the sweep's own table."""
    folder, page = made
    indices = pd.read_csv(folder / "out" / "indices.csv").query("scenario == 'r3-ten-years' and index == 'mu_star'")
    own = indices.query("outcome == 'members'").set_index("parameter")
    far = own.loc["dummy", ["low", "high"]].abs().max()
    leading = [row for row in rows(page, "outcome | assumption") if row[0] == "Members"]
    assert leading
    for _, name, shown, _, floor, sure in leading:
        found = own.loc[name.strip("`")]
        assert (shown, floor) == (f"{found.value:.3g}", f"{far:.3g}")
        assert sure == ("yes" if found.low > far else "no")


def test_the_check_on_other_seeds_is_that_of_the_runs(made):
    folder, page = made
    runs = pd.read_parquet(folder / "usual" / "runs.parquet")
    values = runs.pivot_table(index=["point", "seed"], columns="scenario", values="participants_unique_year")
    change = values["r3-ten-years"] / values["baseline"] - 1.0
    level = pd.read_csv(folder / "usual" / "design.csv", index_col="point")["rival.lock_in"]
    found = rows(page, "everything else as usual")
    assert [row[1] for row in found] == ["0", "0.1"]
    for row in found:
        own = change.loc[level.index[level == float(row[1])][0]]
        half = 2.919986 * own.std(ddof=1) / 3**0.5  # Student's t with two degrees of freedom, from a table
        assert row[3:] == [
            f"{own.mean():+.1%}",
            f"{own.mean() - half:+.1%} to {own.mean() + half:+.1%}",
            f"{(own < 0).sum()} of 3",
        ]


def test_points_without_a_baseline_are_left_out(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    runs = pd.DataFrame({
        "point": [0, 0, 1, 1, 2, 2, 3, 3],
        "scenario": ["baseline", "r"] * 4,
        "status": ["done"] * 7 + ["failed"],
        "members": [10.0, 12.0, 0.0, 5.0, 0.0, 0.0, 8.0, float("nan")],
    })  # fmt: skip
    script = runpy.run_path(str(ROOT / "docs" / "build_advice.py"))
    assert script["differences"](runs, "r", "members").to_dict() == {0: pytest.approx(0.2)}


def test_every_assumption_and_every_scenario_is_there(made):
    _, page = made
    assert page.startswith("# What the advice hangs on: tables")
    assert "12 points, 36 runs, 0 failed, 4 parameters and a dummy; means 2025-2027." in page
    assert "24 points, 72 runs, 0 failed, 4 parameters and a dummy; means 2025-2027." in page
    assert "| partial rank correlation |" in page and page.count("to the baseline on") >= 6
    leading = {row[1] for row in rows(page, "outcome | assumption")}
    varied = ("evaluation.threshold", "evaluation.loss", "membership.renewal_elasticity", "rival.lock_in")
    assert leading and leading <= {f"`{name}`" for name in varied}
    assert rows(page, "rank among all")[0][0] == "`rival.lock_in`"
    shares = [[float(cell.rstrip("%")) for cell in row[1:4]] for row in rows(page, "best in")]
    assert len(shares) == 3
    assert all(sum(row) == pytest.approx(100.0, abs=1.5) for row in shares)
