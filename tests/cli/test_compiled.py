"""Where compiled loops are kept, and what is said when that cannot be."""

import os
import time

from klyngesim import compiled
from tests.cli.commands import klyngesim

SMALL = ("--set", "population.scale=0.005", "--set", "period.end=2021Q2", "--replicates", "1", "--jobs", "1")


def test_every_version_of_the_source_has_a_place_of_its_own(tmp_path):
    place, stays = compiled.place_for(tmp_path)
    assert (place, stays) == (tmp_path / compiled.source_hash(), True)
    assert place.is_dir()
    # A worker is given that place, and takes it as it is.
    assert compiled.place_for(place) == (place, True)


def test_other_versions_stay_for_a_month(tmp_path):
    fresh, old = tmp_path / "fresh", tmp_path / "old"
    for one, days in ((fresh, 20), (old, 40)):
        one.mkdir()
        os.utime(one, (time.time() - days * 86_400,) * 2)
    compiled.place_for(tmp_path)
    assert fresh.exists() and not old.exists()


def test_what_cannot_be_written_is_not_kept(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    place, stays = compiled.place_for(tmp_path / "file")
    assert place.is_dir() and not stays


def test_a_run_without_a_cache_says_so_once_and_works(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    done = klyngesim("run", "baseline", *SMALL, "--no-figures", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("cannot be written: the model is compiled anew by every command") == 1
    assert (tmp_path / "out" / "summary.csv").exists()


def test_loops_are_plain_python_where_compiling_is_switched_off(tmp_path, monkeypatch):
    """The same results: every loop is also ordinary Python."""
    found = {}
    for name, disabled in (("compiled", "0"), ("plain", "1")):
        monkeypatch.setenv("NUMBA_DISABLE_JIT", disabled)
        done = klyngesim("run", "baseline", *SMALL, "--no-figures", "--out", name, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        found[name] = [(tmp_path / name / file).read_bytes() for file in ("summary.csv", "funnel.csv", "finance.csv")]
    assert found["plain"] == found["compiled"]


def test_a_numba_that_does_not_import_is_named(tmp_path, monkeypatch):
    (tmp_path / "broken" / "numba").mkdir(parents=True)
    (tmp_path / "broken" / "numba" / "__init__.py").write_text("raise ImportError('no llvm')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    done = klyngesim("run", "baseline", *SMALL, "--no-figures", "--out", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "numba, which compiles the model, cannot be imported (no llvm)" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
