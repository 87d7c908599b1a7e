"""A run made again from its manifest: the same content, and in words what another version would do otherwise."""

import json
import shutil

import pytest

from tests.cli.commands import klyngesim

QUIET = ("--no-figures", "--attribution", 0, "--quiet")
MINE = """\
name: mine
title: {en: Mine, da: Min}
extends: [r1-depth, r3-evaluation]
period: {end: 2025Q4}
population: {scale: 0.005}
replicates: 2
clusters: {made: {fees.level: 2}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("again")
    (folder / "mine.yaml").write_text(MINE, encoding="utf-8")
    assert klyngesim("run", "mine.yaml", "--out", "first", *QUIET, cwd=folder).returncode == 0
    return folder


def manifest(folder, name):
    return json.loads((folder / name / "manifest.json").read_text(encoding="utf-8"))


def changed(folder, name, change):
    """A copy of the first run with another manifest."""
    shutil.copytree(folder / "first", folder / name)
    found = manifest(folder, name)
    change(found)
    (folder / name / "manifest.json").write_text(json.dumps(found), encoding="utf-8")
    return name


@pytest.mark.parametrize("given", ["first", "first/manifest.json", "first/"])
def test_the_directory_and_the_manifest_run_again_as_they_are(folder, given):
    (folder / "mine.yaml").rename(folder / "gone")  # the files are not needed
    try:
        out = f"out-{len(given)}"
        done = klyngesim("run", given, "--out", out, "--jobs", 1, *QUIET, cwd=folder)
    finally:
        (folder / "gone").rename(folder / "mine.yaml")
    assert done.returncode == 0, done.stderr
    assert "The content is the recorded one, to the last bit." in done.stdout
    first, again = manifest(folder, "first"), manifest(folder, out)
    for key in ("content", "run_id", "scenario", "lineage", "differences", "warnings", "inputs", "draws", "calibrated"):
        assert again[key] == first[key], key


def test_a_run_over_draws_of_the_posterior_runs_again_too(folder):
    draws = ("--set", "trust.gain=0.1", "--set", "replicates=3")
    done = klyngesim("run", "mine.yaml", "--posterior", 2, *draws, "--out", "drawn", *QUIET, cwd=folder)
    assert done.returncode == 2  # replicates are said twice
    done = klyngesim("run", "mine.yaml", "--posterior", 2, *draws[:2], "--out", "drawn", *QUIET, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "trust.gain" in manifest(folder, "drawn")["fixed"] and "fees.level" in manifest(folder, "drawn")["fixed"]
    done = klyngesim("run", "drawn", "--out", "drawn-again", *QUIET, cwd=folder)
    assert done.returncode == 0, done.stderr
    first, again = manifest(folder, "drawn"), manifest(folder, "drawn-again")
    assert all(first[key] == again[key] for key in ("content", "run_id", "draws", "fixed", "inputs"))


def test_a_run_cut_short_between_announcement_and_start_runs_again(folder):
    cut = ("--set", "period.end=2024Q4", "--replicates", 1)
    assert klyngesim("run", "mine.yaml", *cut, "--out", "cut", *QUIET, cwd=folder).returncode == 0
    done = klyngesim("run", "cut", "--out", "cut-again", *QUIET, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert manifest(folder, "cut")["content"] == manifest(folder, "cut-again")["content"]


@pytest.mark.parametrize("option", [("--seed", 5), ("--replicates", 3), ("--posterior", 2), ("--set", "fees.level=1")])
def test_a_manifest_takes_no_other_settings(folder, option):
    done = klyngesim("run", "first", *option, "--out", "no", cwd=folder)
    assert done.returncode == 2 and done.stderr.startswith(f"{option[0]}: a manifest runs again as it is")
    assert not (folder / "no").exists()


def test_a_manifest_of_another_version_says_what_differs(folder):
    def older(found):
        found["versions"] |= {"klyngesim": "0.0.9", "numpy": "1.0"}
        del found["scenario"]["parameters"]["trust.gain"]

    name = changed(folder, "older", older)
    done = klyngesim("run", name, "--out", "older-again", *QUIET, cwd=folder)
    assert done.returncode == 0
    (told,) = [line for line in done.stderr.splitlines() if "made by another version" in line]
    assert "klyngesim 0.0.9 (here " in told and "numpy 1.0 (here " in told
    assert "without trust.gain, which have their defaults here" in told


def test_a_manifest_with_parameters_that_are_gone_is_refused(folder):
    def gone(found):
        found["scenario"]["parameters"]["old.strength"] = 1.0
        found["scenario"]["timeline"][0]["set"]["old.lever"] = 2.0

    done = klyngesim("run", changed(folder, "gone-parameters", gone), "--out", "no", cwd=folder)
    assert done.returncode == 2 and "this one has no old.strength, old.lever;" in done.stderr


def test_a_manifest_of_another_posterior_is_refused(folder):
    def other(found):
        found["draws"] = [3, 4]
        found["inputs"].append({"path": "posterior.csv", "sha256": "0" * 64})

    done = klyngesim("run", changed(folder, "other-posterior", other), "--out", "no", cwd=folder)
    assert done.returncode == 2 and "drawn from another posterior (0000000000, here " in done.stderr
    assert "which parameters its draws leave alone" in done.stderr


def test_content_that_is_not_the_recorded_one_is_told(folder):
    name = changed(folder, "other-content", lambda found: found["content"].update({"funnel.parquet": "0" * 64}))
    done = klyngesim("run", name, "--out", "other-again", *QUIET, cwd=folder)
    assert done.returncode == 0 and "the content is not the recorded one in funnel.parquet" in done.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda found: found.update(format="klyngesim-run/0"), "format klyngesim-run/0, but this version reads"),
        (lambda found: found.update(format="klyngesim-comparison/2"), "the directory of a comparison"),
        (lambda found: found.pop("scenario"), "a manifest of another version, 'scenario' is missing"),
        (lambda found: found["scenario"]["parameters"].update({"fees.level": 99.0}), "fees.level: 99"),
    ],
)
def test_other_manifests_are_refused_in_words(folder, change, said, request):
    name = changed(folder, f"refused-{abs(hash(said))}", change)
    done = klyngesim("run", name, "--out", "no", cwd=folder)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    done = klyngesim("run", "nowhere/manifest.json", "--out", "no", cwd=folder)
    assert done.returncode == 2 and "nowhere" in done.stderr


def test_a_shipped_name_is_a_name_whatever_directories_there_are(folder):
    (folder / "baseline").mkdir(exist_ok=True)
    done = klyngesim("run", "baseline", "--replicates", 0, "--out", "no", cwd=folder)
    assert done.returncode == 2 and "--replicates" in done.stderr and "manifest" not in done.stderr
