"""``klyngesim report`` from outside: the files that it leaves, and what it refuses."""

import pytest

from tests.cli.commands import klyngesim, klyngesim_process
from tests.report.sweep_directories import Make, build

FAST = ("--set", "population.scale=0.02", "--end", "2026Q4", "--pairs", "2", "--at-least", "2", "--quiet")
FILES = {
    "note.html",
    "tables.xlsx",
    *(
        f"tables/{name}.csv"
        for name in (
            *("claims", "comparison", "breakeven", "contested", "gains", "value", "onset", "pareto", "ranking"),
            *("inputs", "funders"),
        )
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a tiny comparison in it, called small."""
    folder = tmp_path_factory.mktemp("report")
    command = ("compare", "baseline", "grant-minus-25", *FAST, "--breakeven", "0", "--jobs", "1", "--no-figures")
    done = klyngesim(*command, "--store", "store", "--out", "small", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def files(directory):
    return {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}


def test_it_leaves_a_page_and_its_tables_and_prints_where(folder):
    done = klyngesim("report", "small", "--lang", "da", "--out", "page", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert files(folder / "page") == FILES
    assert {*done.stdout.split()} == {f"page/{name}" for name in FILES}
    page = (folder / "page" / "note.html").read_text(encoding="utf-8")
    assert '<html lang="da">' in page
    assert "Der er ikke beregnet balancepunkter" in page
    assert not list(folder.glob("*.partial*"))


def test_without_a_place_it_takes_a_free_one_beside_the_comparison(folder):
    for name in ("report-small-en", "report-small-en-2"):
        done = klyngesim("report", folder / "small", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert str(folder.resolve() / name / "note.html") in done.stdout
        assert files(folder / name) == FILES


def test_the_same_comparison_gives_the_same_page(folder):
    for command, name in ((klyngesim, "one"), (klyngesim_process, "two")):
        assert command("report", "small", "--out", name, cwd=folder).returncode == 0
    for name in FILES - {"tables.xlsx"}:
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes(), name


def test_a_taken_place_is_not_overwritten(folder):
    (folder / "taken").mkdir()
    done = klyngesim("report", "small", "--out", "taken", cwd=folder)
    assert (done.returncode, "exists already" in done.stderr) == (2, True)
    assert files(folder / "taken") == set()


def refused(folder, directory):
    done = klyngesim("report", directory, "--out", "refused", cwd=folder)
    assert done.returncode == 2 and done.stdout == ""
    assert "Traceback" not in done.stderr
    assert not (folder / "refused").exists()
    return done.stderr


def test_other_directories_are_refused_with_what_to_type_instead(folder):
    assert "no such directory" in refused(folder, "nothing-here")
    (folder / "empty").mkdir()
    assert "no manifest.json in it" in refused(folder, "empty")
    assert "a file, not a directory" in refused(folder, "small/manifest.json")
    (folder / "empty" / "manifest.json").write_text("{broken", encoding="utf-8")
    assert "cannot be read" in refused(folder, "empty")
    (folder / "empty" / "manifest.json").write_text("[1]", encoding="utf-8")
    assert "no format" in refused(folder, "empty")
    (folder / "empty" / "manifest.json").write_text('{"format": "klyngesim-run/1"}', encoding="utf-8")
    said = refused(folder, "empty")
    assert "of a single run" in said and "klyngesim compare BASELINE VARIANT" in said


def test_an_unknown_language_is_refused(folder):
    done = klyngesim("report", "small", "--lang", "sv", cwd=folder)
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_a_sweep_gets_a_section_and_tables(folder):
    build(folder / "swept", Make("grid"))
    done = klyngesim("report", "small", "--sweep", "swept", "--lang", "da", "--out", "with-sweep", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert files(folder / "with-sweep") == FILES | {"tables/sweep.csv", "tables/sweep_noise.csv"}
    page = (folder / "with-sweep" / "note.html").read_text(encoding="utf-8")
    assert '<section id="sweep"' in page and "Hvad rådgivningen hænger på" in page
    assert not (folder / "swept" / "figures").exists()


def test_a_sweep_alone_or_what_is_none_is_refused(folder):
    build(folder / "alone", Make("lhs"))
    said = refused(folder, "alone")
    assert "directory of a sweep" in said and "klyngesim report COMPARISON --sweep alone" in said
    for sweeps, wrong in (
        (("small",), "of a comparison, not of a sweep"),
        (("nowhere",), "no such directory"),
        (("alone", "alone"), "given more than once"),
    ):
        given = [word for one in sweeps for word in ("--sweep", one)]
        done = klyngesim("report", "small", *given, "--out", "refused", cwd=folder)
        assert (done.returncode, done.stdout) == (2, "") and wrong in done.stderr and "Traceback" not in done.stderr
        assert not (folder / "refused").exists()
    given = ("nowhere", "--sweep", "nothing", "--sweep", "small", "--sweep", "alone", "--sweep", "alone")
    done = klyngesim("report", *given, "--out", "refused", cwd=folder)
    assert done.returncode == 2 and done.stdout == ""
    parts = ("nowhere: there is no", "nothing: there is no", "not of a sweep", "more than once")
    assert len(done.stderr.splitlines()) == len(parts)
    for line, part in zip(done.stderr.splitlines(), parts, strict=True):
        assert part in line, "everything wrong is told at once"
    (folder / "alone" / "runs.parquet").write_bytes(b"no parquet")
    done = klyngesim("report", "small", "--sweep", "alone", "--out", "refused", cwd=folder)
    assert done.returncode == 2 and "runs.parquet: cannot be read" in done.stderr
    assert not list(folder.glob("*refused*"))
