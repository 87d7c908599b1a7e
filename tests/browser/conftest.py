"""A browser, and a note for it to show: run with ``make test-browser``."""

import csv
import json
import shutil

import pytest

from tests.cli.commands import klyngesim

NAMES = ("chromium", "chromium-browser", "google-chrome")
FAST = ("--set", "population.scale=0.02", "--end", "2026Q4", "--pairs", "5", "--at-least", "5", "--quiet")
LATER = "2025-2044"
SWEEP = """name: {method}
title: {{da: Et lille sweep ({method}), en: A small sweep ({method})}}
scenario: [baseline, grant-minus-25]
method: {method}
parameters: [trust.gain, membership.support_response, attendance.return_base]
outcomes: [members, participants_unique_year]
set: [population.scale=0.01, period.end=2025Q4]
{more}
"""
SWEEPS = {"lhs": "samples: 24\ndiscovery: true", "morris": "samples: 3", "oat": "levels: 2"}


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium, without a window."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(f"None of {', '.join(NAMES)} is on PATH; on Debian or Ubuntu: apt install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.fail("Playwright is missing: make install")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path)
        yield started
        started.close()


@pytest.fixture(scope="session")
def notes(tmp_path_factory):
    """The page by language, of a comparison of three variants and some sweeps; a later window is added by hand."""
    folder = tmp_path_factory.mktemp("compare")
    variants = ("r3-ten-years", "grant-minus-25", "r1-contact-staff")
    command = ("compare", "baseline", *variants, *FAST, "--breakeven", "1", "--jobs", "1", "--no-figures")
    done = klyngesim(*command, "--store", "store", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    add_later_window(folder / "out")
    for method, more in SWEEPS.items():
        (folder / f"{method}.yaml").write_text(SWEEP.format(method=method, more=more), encoding="utf-8")
        ways = ("--store", "store", "--out", method, "--no-figures", "--quiet")
        done = klyngesim("sweep", f"{method}.yaml", *ways, cwd=folder)
        assert done.returncode == 0, done.stderr
    sweeps = [word for method in SWEEPS for word in ("--sweep", method)]
    pages = {}
    for lang in ("en", "da"):
        done = klyngesim("report", "out", *sweeps, "--lang", lang, "--out", lang, cwd=folder)
        assert done.returncode == 0, done.stderr
        pages[lang] = folder / lang / "note.html"
    return pages


def add_later_window(folder):
    """What a run to 2044 would add, at a fraction of the time; the note then warns that the tables were changed."""
    for name in ("comparison", "precision", "gains", "value", "pareto"):
        path = folder / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows([*rows, *({**row, "window": LATER} for row in rows)])
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, "windows": [*manifest["windows"], LATER]}), encoding="utf-8")


@pytest.fixture(scope="session", params=["en", "da"])
def lang(request):
    """Language of the note."""
    return request.param


@pytest.fixture
def show(browser, notes, lang):
    """Opens the note in a window of some size."""
    contexts = []

    def opened(width, height, **given):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **given))
        page = contexts[-1].new_page()
        page.goto(notes[lang].as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
