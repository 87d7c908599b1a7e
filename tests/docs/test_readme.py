"""Every command and every snippet that a reader meets first does what the page says, at a small scale."""

import contextlib
import io
import re
import shlex

import pytest

from tests.cli.commands import klyngesim
from tests.docs.pages import LANGUAGES, PAGES, blocks, lines_of, read
from tests.static.sources import ROOT

SMALL = {"population.scale": "0.01", "period.end": "2025Q4"}
COMMANDS = list(dict.fromkeys(line for _, line in lines_of("bash") if not line.startswith("make")))
TARGETS = [line for _, line in lines_of("bash") if line.startswith("make")]


def small(arguments, out):
    """The arguments of a run, changed so that it takes seconds: one replicate, five years, a firm in a hundred."""
    kept, words = [], iter(arguments)
    for word in words:
        if word == "--set" and (setting := next(words)).partition("=")[0] in SMALL:
            continue
        if word == "--replicates":
            next(words)
            continue
        kept += [word, setting] if word == "--set" else [word]
    settings = [word for key, value in SMALL.items() for word in ("--set", f"{key}={value}")]
    number = "--replicates"
    if "--posterior" in kept:
        place, number = kept.index("--posterior"), "--posterior"
        del kept[place : place + 2]
    return [*kept, *settings, number, "1", "--jobs", "1", "--out", str(out)]


def test_a_run_is_made_small_and_keeps_what_the_reader_set(tmp_path):
    given = shlex.split("run baseline --replicates 4 --set fees.level=1.5 --set period.end=2030Q4 --lang da")
    begun = ["run", "baseline", "--set", "fees.level=1.5", "--lang", "da"]
    changed = ["--set", "population.scale=0.01", "--set", "period.end=2025Q4", "--replicates", "1", "--jobs", "1"]
    assert small(given, tmp_path) == [*begun, *changed, "--out", str(tmp_path)]


def test_the_blocks_are_of_languages_that_are_tested():
    assert {block.language for page in PAGES for block in blocks(page)} <= LANGUAGES
    assert len(COMMANDS) >= 8


def test_the_readme_opens_with_the_two_commands():
    first = blocks("README.md")[0]
    assert [line.split()[:2] for line in first.text.splitlines()] == [["make", "run"], ["make", "test"]]
    assert read("README.md").index(first.text) < read("README.md").index("\n## ")


@pytest.mark.parametrize("line", TARGETS)
def test_make_has_the_target(line):
    target = line.split()[1]
    assert re.search(rf"^{re.escape(target)}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("line", COMMANDS)
def test_the_command_works(line, tmp_path):
    program, *arguments = shlex.split(line)
    assert program == "klyngesim"
    # What the shell would do with a pattern.
    words = [str(path) for word in arguments for path in (sorted(ROOT.glob(word)) if "*" in word else [word])]
    if words[0] == "run":
        words = small(words, tmp_path / "out")
    elif words[0] == "compare":
        words += ["--set", "population.scale=0.01", "--end", "2026Q4", "--pairs", "2", "--at-least", "2"]
        words += ["--breakeven", "0", "--jobs", "1", "--store", str(tmp_path / "store"), "--out", str(tmp_path / "out")]
    elif words[0] in ("ablate", "bench", "calibrate", "validate", "report", "store", "plot", "runs"):
        words.append("--help")  # they take minutes or need results, and have tests of their own
    done = klyngesim(*words, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "No figures" not in done.stderr
    if words[0] == "run":
        written = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")}
        assert {"manifest.json", "summary.csv", "indicators.parquet", "funnel.csv", "finance.csv"} <= written
        assert len([name for name in written if name.startswith("figures/") and name.endswith(".png")]) == 4


@pytest.mark.parametrize("page", PAGES)
def test_the_snippets_of_a_page_run_one_after_the_other(page):
    names = {}
    for block in blocks(page):
        if block.language == "python":
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(compile(block.text, f"{page} block {block.number}", "exec"), names)
            assert printed.getvalue().strip()


@pytest.mark.parametrize("text", [block.text for page in PAGES for block in blocks(page) if block.language == "yaml"])
def test_the_scenario_is_valid(text, tmp_path):
    name = re.search(r"^name: (\S+)$", text, re.MULTILINE)[1]
    (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    done = klyngesim("check", f"{name}.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
