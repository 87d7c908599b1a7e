"""Where compiled loops are kept, and what is said when that cannot be."""

import os
import time
from pathlib import Path

from klyngesim import compiled
from klyngesim.ecosystem.processes import membership
from tests.cli.commands import klyngesim, klyngesim_process

SMALL = ("--set", "population.scale=0.002", "--set", "period.end=2021Q4", "--replicates", "1", "--jobs", "1")
# Organisations look for strangers in vain where there are so few, which takes plain Python most of the time.
SMALL += ("--set", "effort.recruit=0.01")


def test_a_loop_is_made_of_its_file_and_of_what_that_needs():
    """An edit compiles anew what depends on it, and nothing else."""
    needed = {one.stem for one in compiled.needs(Path(membership.__file__))}
    assert {"membership", "compiled", "rows", "tables", "by_organisation", "streams"} <= needed
    assert not {"quarter", "model", "record"} & needed


def test_a_copy_elsewhere_and_a_file_written_anew_are_compiled_before_the_first_run(tmp_path, monkeypatch):
    """numba keeps loops by place and time of their file, so the mark that all are compiled is of these too."""

    def marker(folder, time):
        file = folder / "loops.py"
        folder.mkdir(exist_ok=True)
        file.write_text("def loop():\n    pass\n", encoding="utf-8")
        os.utime(file, (time, time))
        found = {}
        exec(compile(file.read_text(encoding="utf-8"), file, "exec"), found)
        monkeypatch.setattr(compiled, "LOOPS", {found["loop"]: "same content"})
        return compiled.marker()

    first = marker(tmp_path / "first", 1)
    assert marker(tmp_path / "first", 1) == first
    assert marker(tmp_path / "first", 2) != first
    assert marker(tmp_path / "second", 1) != first


def test_what_was_not_used_for_a_month_goes(tmp_path):
    fresh, old = tmp_path / "fresh", tmp_path / "old"
    for one, days in ((fresh, 20), (old, 40)):
        one.mkdir()
        os.utime(one, (time.time() - days * 86_400,) * 2)
    assert compiled.place_for(tmp_path) == (tmp_path, True)
    assert fresh.exists() and not old.exists()


def test_what_cannot_be_written_is_not_kept(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    place, stays = compiled.place_for(tmp_path / "file")
    assert place.is_dir() and not stays


def test_a_run_without_a_cache_says_so_once_and_plain_loops_do_the_same(tmp_path):
    """Compiling takes a minute, so it is switched off where it is not kept: every loop is also ordinary Python."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    plain = {"NUMBA_CACHE_DIR": str(tmp_path / "file"), "NUMBA_DISABLE_JIT": "1"}
    done = klyngesim_process("run", "baseline", *SMALL, "--no-figures", "--out", "plain", cwd=tmp_path, **plain)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("cannot be written: the model is compiled anew by every command") == 1
    compiled_run = klyngesim("run", "baseline", *SMALL, "--no-figures", "--out", "compiled", cwd=tmp_path)
    assert compiled_run.returncode == 0, compiled_run.stderr
    for name in ("summary.csv", "funnel.csv", "finance.csv"):
        assert (tmp_path / "plain" / name).read_bytes() == (tmp_path / "compiled" / name).read_bytes(), name


def test_a_numba_that_does_not_import_is_named(tmp_path, monkeypatch):
    (tmp_path / "broken" / "numba").mkdir(parents=True)
    (tmp_path / "broken" / "numba" / "__init__.py").write_text("raise ImportError('no llvm')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    done = klyngesim_process("run", "baseline", *SMALL, "--no-figures", "--out", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "numba, which compiles the model, cannot be imported (no llvm)" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
