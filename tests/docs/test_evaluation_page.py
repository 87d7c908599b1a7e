"""The stated rate at which evaluations close organisations although nothing has changed is the rate of the model."""

import re
import runpy

import pytest
from scipy.stats import binom

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.scenario.parameters import registry
from tests.docs.pages import read
from tests.static.sources import ROOT

PAGE = runpy.run_path(str(ROOT / "docs" / "build_evaluation.py"))
STATED = re.search(r"an evaluation closes (\d+\.\d)% \((\d+) of ([\d,]+)\)", read("docs/generated/evaluation.md"))
FRESH = range(1001, 1021)


def test_the_registry_states_the_rate_of_the_page():
    threshold = registry()["evaluation.threshold"]
    assert f"at {threshold.default} an evaluation closes {STATED[1]}% of the organisations" in threshold.note


def test_the_page_is_made_for_the_defaults():
    years, threshold = (registry().default(f"evaluation.{name}") for name in ("score_years", "threshold"))
    page = read("docs/generated/evaluation.md")
    assert f"With {years:g} years judged together and a threshold of {threshold:g}" in page


def test_who_is_closed_is_not_evaluated_again():
    scores = [[[0.9, 0.7, 1.2], [0.7, 0.9, 0.8]]]  # one run, two evaluations, three organisations
    found = PAGE["rate"](PAGE["np"].array(scores), 0.85)
    assert tuple(found) == (1 + 2, 3 + 2) and str(found) == "60.0% (3 of 5)"


@pytest.mark.slow
def test_as_few_are_closed_on_fresh_seeds_as_is_stated():
    """With the default threshold in force, not with scores read where nobody is closed."""
    case = PAGE["steady"](float(registry().default("evaluation.threshold")))
    found = PAGE["counted"](Ecosystem(case, seed).run().indicators for seed in FRESH)
    least, most = binom.interval(0.99, found.evaluated, int(STATED[2]) / int(STATED[3].replace(",", "")))
    assert found.evaluated > 700
    assert least <= found.closed <= most, f"{found}, stated {STATED[0]}"
