"""The shipped scenarios: each is complete, says what it hangs on, runs, and changes only what comes after 2024."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.scenario import loading, periods

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))
VARIANTS = [path for path in FILES if path.stem != "baseline"]
HEADER = ("# Budget:", "# Assumed:", "# Not in it:")
FIRST = periods.parse("2025Q1")
KNOWN = periods.parse("2024Q4")
"""From this quarter a reform of 2025 may be known."""

PARTS = {
    "r1-depth-and-breadth": (
        "r1-depth",
        "r1-institution-types",
        "r1-international",
        "r1-researcher-incentives",
        "r1-conditional-money",
        "r1-contact-staff",
    ),
    "r2-platform": ("r2-initiatives-routed", "r2-consolidated", "r2-referral", "r2-local-partners"),
    "r3-ten-years": ("r3-horizon", "r3-open-call"),
    "r3-withdrawal": ("r3-horizon", "r3-evaluation"),
    "all-four": ("r1-depth-and-breadth", "r2-platform", "r3-ten-years", "r4-guard-fees"),
}
"""Scenarios that are several others together."""


def each(files):
    """One test for each file."""
    return pytest.mark.parametrize("path", files, ids=lambda path: path.stem)


def written(path):
    """The mapping in a file, nothing inherited."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def comment(path):
    """Lines of the comment at the top of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return lines[: next(number for number, line in enumerate(lines) if not line.startswith("#"))]


def settings(name):
    """What the timeline of a scenario sets: (start, announced, organisation, parameter) -> value."""
    return {
        (lever.start, lever.announced, lever.cluster, key): value
        for lever in loading.load(FOLDER / f"{name}.yaml").timeline
        for key, value in lever.values.items()
    }


@cache
def indicators(name, end="2027Q4", *settings):
    """Indicators of a run with one firm in fifty, shape (periods, organisations + 1, indicators)."""
    scenario = loading.load(FOLDER / f"{name}.yaml", ["population.scale=0.02", f"period.end={end}", *settings])
    return Ecosystem(scenario, 1).run().indicators


def different(one, other):
    """Where two arrays differ, two NaN being equal."""
    return ~((one == other) | (np.isnan(one) & np.isnan(other)))


def test_the_library_was_found():
    assert len(FILES) > 30
    assert {path.stem for path in FILES} == set(loading.shipped())


@each(FILES)
def test_it_is_complete(path):
    scenario = loading.load(path)
    assert scenario.name == path.stem == written(path)["name"]
    assert set(written(path)["title"]) == {"en", "da"}
    assert re.fullmatch(r"[^?]+\?", written(path)["question"])
    assert written(path)["source"]
    assert [name for name, _ in scenario.inputs] == [f"{name}.yaml" for name in scenario.lineage]


@pytest.mark.parametrize("language", ["en", "da"])
def test_no_two_have_the_same_title(language):
    titles = [written(path)["title"][language] for path in FILES]
    assert len(set(titles)) == len(titles)


@each(VARIANTS)
def test_it_says_what_it_costs_and_what_it_hangs_on(path):
    begins = [next((mark for mark in HEADER if line.startswith(mark)), None) for line in comment(path)]
    assert [mark for mark in begins if mark is not None] == list(HEADER)
    for mark in HEADER:
        line = comment(path)[begins.index(mark)]
        assert len(line) > len(mark) + 20, f"nothing to speak of after {mark!r}"
    assert max(len(line) for line in path.read_text(encoding="utf-8").splitlines()) <= 120


@each(FILES)
def test_reforms_begin_in_2025_and_are_known_by_then(path):
    for lever in loading.load(path).timeline:
        assert lever.start >= FIRST
        assert KNOWN <= lever.announced <= lever.start


@each(VARIANTS)
def test_only_the_timeline_differs_from_the_baseline(path):
    changed = [change.path for change in loading.load(path).changes]
    assert changed
    assert all(place.startswith("timeline.") for place in changed)


def test_the_baseline_differs_from_nothing():
    assert loading.load(FOLDER / "baseline.yaml").changes == ()


@pytest.mark.parametrize("whole", PARTS)
def test_the_whole_is_all_its_parts(whole):
    together = {}
    for part in PARTS[whole]:
        together |= settings(part)
    assert settings(whole) == together


@each(VARIANTS)
def test_it_runs_and_changes_what_comes_after_2024_only(path):
    base, variant = indicators("baseline"), indicators(path.stem)
    apart = different(base, variant).any(axis=(1, 2))
    assert not apart[:KNOWN].any(), f"differs in {periods.label(int(np.argmax(apart)))} already"
    assert apart[FIRST:].any(), "changes nothing"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("r3-horizon", "r3-withdrawal"),
        ("r1-depth-and-breadth", "r1-paid-extra"),
        ("r4-private-money", "r4-demand-125"),
        ("r4-demand-125", "r4-demand-150"),
        ("r4-private-money", "r4-replaces-grant"),
        ("r4-private-money", "r4-guard-seats"),
        ("r4-private-money", "r4-guard-fees"),
        ("scheme-abolished", "scheme-abolished-others-take-over"),
        ("grant-minus-25", "norwegian-cut-30"),
    ],
)
def test_it_differs_from_what_it_is_compared_with(one, other):
    assert different(indicators(one), indicators(other)).any()


@pytest.mark.parametrize(("returned", "called"), [("r3-evaluation", "r3-open-call"), ("r3-withdrawal", "r3-ten-years")])
def test_an_open_call_matters_once_a_grant_is_withdrawn(returned, called):
    # At this threshold somebody is below it at the first evaluation, at the end of 2029.
    one, other = (indicators(name, "2034Q4", "evaluation.threshold=1") for name in (returned, called))
    apart = different(one, other).any(axis=(1, 2))
    assert apart.any()
    assert not apart[: periods.parse("2030Q1")].any()
