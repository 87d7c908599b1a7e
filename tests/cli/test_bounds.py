"""Numbers are looked at before anything runs or is written: seeds, periods, counts, whichever command derives them."""

import pytest
from typer.testing import CliRunner

from klyngesim.cli.main import app
from klyngesim.scenario.layers import Origin
from klyngesim.scenario.limits import LARGEST_SEED, MOST_JOBS, MOST_SEEDS, MOST_SEEDS_EACH, seeds_fault, year_fault
from klyngesim.scenario.loading import read_template

SMALL = ("--set", "population.scale=0.01")
PAIR = ("compare", "baseline", "r3-horizon", "--over", "central", *SMALL)
SHORT = ("--set", "period.end=2021Q3")
LATE = str(LARGEST_SEED)

CASES = {
    "compare, pairs": (
        [*PAIR, "--pairs", "3", "--breakeven", "0", "--set", "replicates=1", "--seed", LATE],
        "at most 4294967293 as the first of 3",
    ),
    "compare, break-even": (
        [*PAIR, "--pairs", "2", "--breakeven", "9", "--set", "replicates=1", "--set", f"seed={LATE}"],
        "as the first of 9",
    ),
    "compare, switches": (
        [*PAIR, "--pairs", "2", "--switches", "9", "--set", "replicates=1", "--seed", LATE],
        "as the first of 9",
    ),
    "run": (["run", "baseline", *SMALL, "--replicates", "2", "--seed", LATE], "as the first of 2"),
    "twin": (["twin", "1000042", "baseline", "r3-horizon", "--seed", str(LARGEST_SEED + 1)], "--seed: 4294967296"),
    "ablate": (["ablate", *SMALL, "--replicates", "2", "--seed", LATE], "as the first of 2"),
    "compare, no whole year": ([*PAIR, *SHORT], "2021Q4 or later"),
    "compare, no whole year by option": ([*PAIR, "--end", "2021Q2"], "2021Q4 or later"),
    "ablate, no whole year": (["ablate", *SMALL, *SHORT], "2021Q4 or later"),
    "jobs": (["run", "baseline", "--jobs", str(MOST_JOBS + 1)], f"{MOST_JOBS}"),
    "pairs": ([*PAIR, "--pairs", str(MOST_SEEDS + 1)], f"{MOST_SEEDS}"),
    "seeds at every strength": ([*PAIR, "--breakeven", str(MOST_SEEDS_EACH + 1)], f"{MOST_SEEDS_EACH}"),
    "seeds under every switch": ([*PAIR, "--switches", str(MOST_SEEDS_EACH + 1)], f"{MOST_SEEDS_EACH}"),
    "seeds of every variant": (["ablate", "--replicates", str(MOST_SEEDS_EACH + 1)], f"{MOST_SEEDS_EACH}"),
    "replicates": (["run", "baseline", "--replicates", str(MOST_SEEDS + 1)], f"{MOST_SEEDS}"),
    "draws of a run": (["run", "baseline", *SMALL, "--posterior", "100000"], "allowed: 1 to"),
    "draws of a validation": (["validate", "--draws", str(MOST_SEEDS + 1)], f"{MOST_SEEDS}"),
    "scale of a benchmark": (["bench", "--scale", "0.0001"], "0.001"),
}


@pytest.mark.parametrize(("arguments", "told"), CASES.values(), ids=CASES.keys())
def test_what_cannot_be_is_refused_before_anything_is_written(tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert done.exit_code == 2, done.output
    assert told in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_benchmark_takes_seeds_beyond_the_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = f"name: late\nextends: baseline\nreplicates: 1\nseed: {LATE}\n"
    (tmp_path / "late.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["bench", "late.yaml", "--scale", "0.01"])
    assert done.exit_code == 2 and "late.yaml:4: seed: 4294967295; allowed: a seed of at most" in done.output


def test_the_last_seed_may_be_used():
    at = Origin("x.yaml", "seed", 3)
    assert seeds_fault(at, LARGEST_SEED, 1) is None and seeds_fault(at, LARGEST_SEED - 9, 10) is None
    fault = seeds_fault(at, LARGEST_SEED - 8, 10)
    assert fault is not None and (fault.file, fault.line) == ("x.yaml", 3)
    assert seeds_fault(at, -1, 1) is not None


def test_a_year_is_whole_at_its_last_quarter():
    assert year_fault(read_template("baseline", ["period.end=2021Q4"])) is None
    for end in ("2021Q2", "2021Q3"):
        fault = year_fault(read_template("baseline", [f"period.end={end}"]))
        assert fault is not None and (fault.file, fault.path, fault.value) == ("--set", "period.end", end)
