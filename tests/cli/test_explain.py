"""``klyngesim explain``, what ``check`` says of a file, and ``compare --dry-run``: words, and nothing is run."""

import subprocess
import sys
import time

import pytest

from tests.cli.commands import environment, klyngesim

TEN_YEARS = """\
name: ten-years
title: {en: "Ten years", da: "Ti år"}
question: "What do ten years change?"
extends: baseline
timeline: [{from: 2025Q1, announced: 2024Q4, set: {grant.horizon_years: 10}}]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "ten.yaml").write_text(TEN_YEARS, encoding="utf-8")
    return tmp_path


def test_a_scenario_is_explained_from_its_title_to_what_a_comparison_takes(folder):
    done = klyngesim("explain", "ten.yaml", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.replace("\u00a0", " ").splitlines()
    assert lines[:3] == ["Ten years (ten-years)", "Question: What do ten years change?", "Builds on: baseline"]
    assert "    Length of a UFS grant period: 10 years instead of 4 years [grant.horizon_years]" in lines
    # 2 x 100 for the pairs and for the draws, 2 x 3 x 5 for each of nine strengths, one part, 4 x 4 for the baseline.
    parts = "200 for the pairs, 270 for break-even strengths, 200 over tenable assumptions, 16 for why "
    assert lines[-1].startswith(f"  At most 686 runs ({parts}")
    assert "An estimate" in lines[-1]
    danish = klyngesim("explain", "ten.yaml", "--lang", "da", cwd=folder).stdout
    assert danish.startswith("Ti år (ten-years)\nSpørgsmål: ") and "Højst 686 kørsler" in danish
    assert sorted(path.name for path in folder.iterdir()) == ["ten.yaml"]


def test_what_is_set_on_top_is_explained_and_faults_are_refused(folder):
    done = klyngesim("explain", "ten.yaml", "--set", "fees.level=1.5", cwd=folder)
    assert "Membership fees relative to today's: 1.5 instead of 1 [fees.level]" in done.stdout
    done = klyngesim("explain", "ten.yaml", "--set", "fees.levle=1.5", cwd=folder)
    assert done.returncode == 2 and "did you mean fees.level?" in done.stderr and done.stdout == ""


def test_why_there_can_be_no_comparison_is_said_instead_of_its_runs(folder):
    (folder / "small.yaml").write_text(TEN_YEARS + "population: {scale: 0.1}\n", encoding="utf-8")
    done = klyngesim("explain", "small.yaml", cwd=folder)
    assert done.returncode == 0 and "It cannot be compared up to 2044Q4" in done.stdout and "scale" in done.stdout


def test_it_imports_nothing_that_takes_longer_than_it(folder):
    code = (
        "import atexit, sys\n"
        "from klyngesim.cli.main import app\n"
        "slow = {'mesa', 'pandas', 'SALib', 'matplotlib', 'klyngesim.ecosystem.build'}\n"
        "atexit.register(lambda: print('slow:', *(slow & set(sys.modules)), file=sys.__stdout__))\n"
        "app(['explain', 'ten.yaml'])\n"
    )
    began = time.process_time()
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "slow:" and time.process_time() - began < 1.0


def test_check_says_the_same_of_a_file_that_is_right(folder):
    explained = klyngesim("explain", "ten.yaml", cwd=folder).stdout.splitlines()
    done = klyngesim("check", "ten.yaml", cwd=folder)
    head, *rest = done.stdout.splitlines()
    assert (done.returncode, head) == (0, "OK ten.yaml (ten-years)")
    said = [line.removeprefix("  ") for line in rest]
    assert said == explained[3 : 3 + len(said)] and len(said) > 10


def test_a_dry_run_checks_all_says_what_would_run_and_leaves_nothing(folder):
    size = ("--set", "population.scale=0.01", "--end", "2026Q4", "--pairs", 10)
    done = klyngesim("compare", "baseline", "ten.yaml", *size, "--dry-run", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-1]
    # Eight strengths: no grant period is in its fifth year by then, so that rival.lock_in takes no effect.
    parts = "20 for the pairs, 240 for break-even strengths, 20 over tenable assumptions, 16 for why"
    assert last.startswith(f"At most 296 runs ({parts}")
    assert "an estimate by the first quarters of a run here" in last
    assert "Ten years (ten-years)" in done.stdout
    assert sorted(path.name for path in folder.iterdir()) == ["ten.yaml"]


def test_a_dry_run_refuses_what_the_comparison_would_refuse(folder):
    (folder / "out").mkdir()
    for wrong in (("--set", "fees.levle=1"), ("--pairs", 5000), ("--out", "out")):
        done = klyngesim("compare", "baseline", "ten.yaml", *wrong, "--dry-run", cwd=folder)
        assert done.returncode == 2 and done.stdout == ""
