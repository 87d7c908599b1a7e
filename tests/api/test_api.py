"""What programs import: names, runs equal to the command's, and errors that say what to do."""

import json
import subprocess
import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

import klyngesim as ks
from klyngesim.cli.main import app
from klyngesim.results.directories import KINDS, RUN
from klyngesim.results.opened import MAIN

SMALL = {"population.scale": 0.01, "period.end": "2022Q4"}
SETTINGS = [f"{path}={value}" for path, value in SMALL.items()]
NAMES = ["Ecosystem", "Results", "Scenario", "__version__", "compare", "explore", "load", "open_results"]
NAMES += ["run", "sweep"]


@pytest.fixture(scope="module")
def made():
    return ks.run("baseline", seed=3, replicates=2, settings=SMALL)


def test_these_names_are_public():
    assert sorted(ks.__all__) == NAMES
    assert set(NAMES) <= set(dir(ks))
    assert all(getattr(ks, name) is not None for name in NAMES)


def test_other_names_are_refused_with_those_there_are():
    with pytest.raises(AttributeError, match="open_results"):
        ks.simulate  # noqa: B018 (asking is the test)


def test_importing_the_package_imports_no_library():
    code = "import sys, klyngesim; print(sorted({'numpy', 'mesa', 'pandas', 'numba', 'yaml'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_run_has_the_tables_of_the_command(made, tmp_path):
    command = ["run", "baseline", "--seed", "3", "--replicates", "2", "--attribution", "0", "--no-figures", "-q"]
    options = [part for setting in SETTINGS for part in ("--set", setting)]
    assert CliRunner().invoke(app, [*command, *options, "--out", str(tmp_path / "out")]).exit_code == 0
    command_made = ks.open_results(tmp_path / "out")
    assert made.names == command_made.names and "summary.csv" in made.names
    for name in made.names:
        pd.testing.assert_frame_equal(made.table(name), command_made.table(name))
    assert made.manifest["run_id"] == command_made.manifest["run_id"]
    assert made.manifest["content"] == command_made.manifest["content"]


def test_a_loaded_scenario_runs_like_its_name(made):
    scenario = ks.load("baseline", [*SETTINGS, "seed=3", "replicates=2"])
    pd.testing.assert_frame_equal(ks.run(scenario).table("summary"), made.table("summary"))


def test_a_model_steps_as_its_run(made):
    model = ks.Ecosystem(ks.load("baseline", SMALL), seed=3)
    result = model.run()
    members = made.runs.series("members")["baseline", 3, 0]
    assert list(members) == list(result.indicators[:, -1, result.indicator_ids.index("members")])


def test_a_bare_name_means_the_table_by_year(made):
    pd.testing.assert_frame_equal(made.table("funnel"), pd.read_csv(made.directory / "funnel.csv"))
    assert "from_stage" in made.table("funnel.parquet") and "firm_class" in made.table("funnel.parquet")
    assert set(made.table("indicators")["period"].astype(str)) >= {"2021Q1", "2022Q4"}


def test_a_notebook_shows_the_last_year(made):
    shown = made.headline()
    assert set(shown["year"]) == {2022} and "members" in set(shown["indicator"])
    summary = made.table("summary").set_index(["cluster", "year", "indicator"])
    members = shown.set_index("indicator").loc["members"]
    assert members["mean"] == summary.loc[("all", 2022, "members"), "mean"]
    assert "<table" in made._repr_html_() and "baseline" in made._repr_html_()


def test_files_that_nobody_asked_to_keep_go_with_the_results():
    results = ks.run("baseline", replicates=1, settings=SMALL)
    directory = results.directory
    assert directory.is_dir()
    del results
    assert not directory.exists()


def test_files_that_somebody_asked_for_stay(tmp_path):
    results = ks.run("baseline", replicates=1, settings=SMALL, out=tmp_path / "mine")
    assert results.directory == tmp_path / "mine"
    del results
    assert ks.open_results(tmp_path / "mine").kind == RUN


def test_every_kind_of_directory_has_a_main_table():
    assert set(MAIN) == set(KINDS)


def test_an_unknown_table_is_answered_with_the_nearest(made):
    with pytest.raises(KeyError, match=r"did you mean summary.csv\?"):
        made.table("sumary")


def test_a_directory_without_results_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"no manifest.json in it"):
        ks.open_results(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"format": "klyngesim-run/0"}))
    with pytest.raises(ValueError, match="klyngesim-run/1"):
        ks.open_results(tmp_path)


def test_a_misspelt_scenario_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"did you mean baseline\?"):
        ks.load("baslin")


def test_settings_have_one_place():
    scenario = ks.load("baseline", SMALL)
    with pytest.raises(ValueError, match="a loaded scenario has its settings"):
        ks.run(scenario, seed=2)
    with pytest.raises(TypeError, match="a list of texts"):
        ks.load("baseline", "seed=2")


def test_what_a_user_has_to_know_of_a_scenario_is_a_warning():
    with pytest.warns(UserWarning, match=r"fees\.level"):
        ks.load("baseline", {"fees.level": 2})


SWEEP = """
name: small
scenario: baseline
method: lhs
samples: 4
replicates: 1
parameters: [idea.base, trust.gain]
outcomes: [members]
set: [population.scale=0.01, period.end=2022Q4]
"""


def test_a_sweep_has_the_tables_of_the_command(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(SWEEP, encoding="utf-8")
    swept = ks.sweep(file, store=tmp_path / "store")
    command = ["sweep", str(file), "--no-figures", "-q", "--store", str(tmp_path / "other")]
    assert CliRunner().invoke(app, [*command, "--out", str(tmp_path / "out")]).exit_code == 0
    from_command = ks.open_results(tmp_path / "out")
    assert swept.names == from_command.names and "indices.csv" in swept.names
    for name in swept.names:
        pd.testing.assert_frame_equal(swept.table(name), from_command.table(name))
    assert set(swept.headline()["outcome"]) == {"members"}
    assert "baseline at 4 points" in repr(swept) and swept.manifest["sweep_id"] in repr(swept)


def test_a_sweep_file_with_faults_is_refused_whole(tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text(SWEEP.replace("lhs", "lhz").replace("members", "membres"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"(?s)lhz.*membres"):
        ks.sweep(file, store=tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_a_comparison_has_the_tables_of_the_command(tmp_path):
    settings = {"population.scale": 0.01, "period.end": "2026Q4"}
    how = {"pairs": 2, "breakeven": 0, "parts": 2, "store": tmp_path / "store"}
    compared = ks.compare("baseline", ["r4-guard-fees"], settings=settings, **how)
    command = [
        "compare",
        "baseline",
        "r4-guard-fees",
        "--pairs",
        "2",
        "--breakeven",
        "0",
        "--parts",
        "2",
        "--no-figures",
    ]
    options = [part for path, value in settings.items() for part in ("--set", f"{path}={value}")]
    places = ["-q", "--no-figures", "--store", str(tmp_path / "other"), "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(app, [*command, *options, *places]).exit_code == 0
    from_command = ks.open_results(tmp_path / "out")
    assert compared.names == from_command.names and "paths.csv" in compared.names
    assert "r4-guard-fees against baseline" in compared._repr_html_()
    assert {"mean_difference", "low", "high", "verdict", "rests_on"} <= set(compared.headline().columns)
    for name in compared.names:
        pd.testing.assert_frame_equal(compared.table(name), from_command.table(name))
    assert compared.manifest["comparison_id"] == from_command.manifest["comparison_id"]


@pytest.mark.parametrize("wrong", [{"pairs": 1}, {"over": "everything"}])
def test_a_comparison_that_cannot_be_is_refused(wrong, tmp_path):
    with pytest.raises(ValueError, match="allowed: 2 pairs or more, over one of central"):
        ks.compare("baseline", "r3-ten-years", store=tmp_path / "store", **wrong)
    assert not (tmp_path / "store").exists()


def test_functions_keep_their_names_whatever_was_imported(made):
    import klyngesim.sweeps.file  # a room must not be called as a function is

    assert callable(ks.sweep) and callable(ks.run) and callable(ks.compare)
    assert klyngesim.sweeps.file.read_sweep
