"""Scenario discovery where the answer is known."""

import sys
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from scipy.stats import binom

from klyngesim.priors import Prior
from klyngesim.report.labels import catalogue
from klyngesim.sweeps.design import Design, Factor
from klyngesim.sweeps.discovery import Discovery, Rule, discover, own_values
from klyngesim.sweeps.methods import METHODS
from klyngesim.sweeps.prim import Box, Limit, counted, quasi_p, trajectory
from klyngesim.sweeps.rows import DUMMY
from klyngesim.sweeps.words import sentence
from tests.sweeps.functions import design

pytestmark = pytest.mark.skipif(find_spec("ema_workbench") is None, reason="the extra discover is not installed")

SUPPORT, LOSS = "membership.support_response", "evaluation.loss"
FACTORS = (
    Factor(SUPPORT, "number", Prior(SUPPORT, "uniform", 0.0, 0.4, 0.1)),
    Factor(LOSS, "number", Prior(LOSS, "loguniform", 0.05, 2.0, 0.1)),
    Factor("trust.gain", "number", Prior("trust.gain", "triangular", 0.0, 1.0, 0.3)),
    Factor("board.size", "whole", Prior("board.size", "uniform", 1.0, 6.0, 3.0)),
    Factor(DUMMY, DUMMY),
)
NO_SHUFFLES = Rule(shuffles=0)


@pytest.fixture(scope="module")
def points() -> Design:
    return design("lhs", FACTORS, 400, seed=3)


def planted(points: Design) -> np.ndarray:
    values = own_values(points)
    return (values[:, 0] < 0.12) & (values[:, 1] > 0.2)


def by_hand(points: Design, losses: np.ndarray, box: Box) -> tuple[float, float, float, int, int]:
    """Coverage, density, mass, points and cases of a box, point by point."""
    inside = [
        row
        for row in range(len(points))
        if all(
            (one.low is None or points.values(row)[one.parameter] >= one.low)
            and (one.high is None or points.values(row)[one.parameter] <= one.high)
            for one in box.limits
        )
    ]
    cases = sum(bool(losses[row]) for row in inside)
    return cases / losses.sum(), cases / len(inside), len(inside) / len(points), len(inside), cases


def test_a_planted_box_is_found_with_its_limits(points):
    losses = planted(points)
    found = discover(points, losses, "members", "R3", NO_SHUFFLES)
    assert found.share == losses.mean() and found.why == "" and len(found.boxes) == 1
    box = found.boxes[0]
    limits = {one.parameter: one for one in box.limits}
    assert set(limits) == {SUPPORT, LOSS}
    # A peel takes a twentieth of what is left, so a limit lies within about that of the true one, in places.
    assert limits[SUPPORT].low is None and limits[SUPPORT].high == pytest.approx(0.12, abs=0.05 * 0.4)
    high = FACTORS[1].prior.place(limits[LOSS].low) - FACTORS[1].prior.place(0.2)
    assert limits[LOSS].high is None and abs(high) < 0.05
    assert (box.coverage, box.density, box.mass, box.points, box.cases) == by_hand(points, losses, box)
    assert box.density >= 0.8 and box.coverage >= 0.95
    assert all(one.quasi_p < 1e-6 for one in box.limits)


def test_it_is_found_through_flipped_outcomes_and_shuffles(points):
    losses = planted(points) ^ (np.random.default_rng(0).random(len(points)) < 0.03)
    found = discover(points, losses, "members", "R3", Rule(shuffles=3))
    assert {one.parameter for one in found.boxes[0].limits} == {SUPPORT, LOSS}
    assert found.boxes[0].coverage > 0.8 and found.boxes[0].density >= 0.8


def test_the_tree_finds_it_too(points):
    losses = planted(points)
    found = discover(points, losses, "members", "R3", NO_SHUFFLES)
    assert len(found.tree_rules) == 1
    rule = found.tree_rules[0]
    limits = {one.parameter: one for one in rule.limits}
    assert limits[SUPPORT].high == pytest.approx(0.12, abs=0.01) and limits[LOSS].low == pytest.approx(0.2, abs=0.02)
    assert (rule.coverage, rule.density, rule.mass, rule.points, rule.cases) == by_hand(points, losses, rule)
    assert rule.coverage == 1.0 and rule.density == 1.0


SWITCHED = "M031 (PhD projects that firms share in) is switched off"
IN_FORCE = (
    "M031 (PhD projects that firms share in) is in force",
    "M031 (ph.d.-projekter, som virksomheder er med i) er i kraft",
)
"""A switch that is on is a mechanism that is off."""


def test_whole_numbers_and_switches_have_limits_that_they_can_take():
    factors = (*FACTORS[2:], Factor("M031", "switch"))
    points = design("lhs", factors, 300, seed=5)
    values = own_values(points)
    losses = (values[:, 1] >= 4) & (values[:, 3] == 1.0)
    found = discover(points, losses, "members", "R3", NO_SHUFFLES)
    for box in (*found.boxes, *found.tree_rules):
        assert {(one.parameter, one.kind, one.low, one.high) for one in box.limits} == {
            ("board.size", "whole", 4.0, None),
            ("M031", "switch", 1.0, None),
        }
        assert box.coverage == box.density == 1.0
    assert len(found.boxes) == len(found.tree_rules) == 1
    assert "board.size is at least 4" in sentence(found, "en") and SWITCHED in sentence(found, "en")


def test_a_second_box_is_looked_for_outside_the_first(points):
    values = own_values(points)
    losses = ((values[:, 0] < 0.12) & (values[:, 1] > 0.2)) | ((values[:, 3] == 6) & (values[:, 2] > 0.3))
    found = discover(points, losses, "members", "R3", Rule(shuffles=0, boxes=2))
    assert len(found.boxes) == 2
    one, two = found.boxes
    assert one.cases + two.cases <= losses.sum()
    assert one.coverage + two.coverage == pytest.approx((one.cases + two.cases) / losses.sum())
    assert one.coverage + two.coverage > 0.9 and min(one.density, two.density) >= 0.8
    assert sentence(found, "en").count("losses") == 3 and "A further" in sentence(found, "en")


def test_losses_at_both_ends_are_left_to_the_tree(points):
    values = own_values(points)
    losses = ((values[:, 0] < 0.12) & (values[:, 1] > 0.2)) | (values[:, 0] > 0.35)
    found = discover(points, losses, "members", "R3", NO_SHUFFLES)
    assert found.boxes == () and found.why == "no box keeps to the rule"
    assert {(one.parameter, one.low is None) for rule in found.tree_rules for one in rule.limits} == {
        (SUPPORT, True),
        (SUPPORT, False),
        (LOSS, False),
    }
    assert "depends on expected support) is below 0.12" in sentence(found, "en")


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_random_losses_give_no_box(share):
    points = design("lhs", FACTORS, 200, seed=int(100 * share))
    losses = np.random.default_rng(int(1000 * share)).random(200) < share
    found = discover(points, losses, "members", "R3")
    assert found.boxes == () and found.tree_rules == () and found.why
    assert sentence(found, "en").endswith("no few limits tell these futures apart from the others.")


@pytest.mark.slow
def test_shuffles_stop_luck_that_quasi_p_lets_through():
    """Most points are losses, and no dummy helps. Shuffles let one false box in twenty through: one may be left."""
    points = design("lhs", FACTORS[:-1], 200, seed=85)
    found = dict.fromkeys((0, 19), 0)
    for number in range(8):
        losses = np.random.default_rng(number).random(200) < 0.85
        for shuffles in found:
            rule = Rule(shuffles=shuffles, peel=0.1)
            found[shuffles] += bool(discover(points, losses, "members", "R3", rule).boxes)
    assert found[19] <= 1 and found[19] < found[0]


def test_a_box_as_good_as_luck_is_dropped(points, monkeypatch):
    """Where every deal of the losses gives the same box, the box says nothing."""
    losses = planted(points)
    monkeypatch.setattr("klyngesim.sweeps.discovery._shuffled", lambda lost, rule, seed: iter([lost]))
    found = discover(points, losses, "members", "R3")
    assert found.boxes == () and found.tree_rules == () and "shuffled" in found.why


def test_frequent_losses_need_a_denser_box():
    assert Rule().least_density(0.3) == 0.8
    assert Rule().least_density(0.9) == pytest.approx(0.95)


def test_quasi_p_by_hand_and_as_the_workbench_has_it(points):
    losses = planted(points) ^ (np.random.default_rng(1).random(len(points)) < 0.1)
    values, columns = own_values(points), [one.id for one in FACTORS]
    limits = [Limit(SUPPORT, None, 0.1, 0.0), Limit(LOSS, 0.3, None, 0.0)]
    inside = (values[:, 0] <= 0.1) & (values[:, 1] >= 0.3)
    wider = values[:, 1] >= 0.3
    chance = binom.sf(losses[inside].sum() - 1, inside.sum(), losses[wider].mean())
    assert quasi_p(values, losses, columns, limits, (SUPPORT, False)) == pytest.approx(chance, rel=1e-9)
    compared = 0
    for box in trajectory(values, losses, FACTORS, 0.05, 0.05):
        again = counted(values, losses, columns, box.limits)
        assert (again.points, again.cases) == (box.points, box.cases)
        assert again.coverage == pytest.approx(box.coverage) and again.density == pytest.approx(box.density)
        for mine, theirs in zip(again.limits, box.limits, strict=True):
            assert mine.parameter == theirs.parameter
            assert mine.quasi_p == pytest.approx(theirs.quasi_p, rel=1e-6)
            compared += 1
    assert compared > 20


@pytest.mark.parametrize(("lost", "why"), [(False, "it never loses"), (True, "it always loses")])
def test_all_or_none_losing(points, lost, why):
    found = discover(points, np.full(len(points), lost), "members", "R3")
    assert (found.boxes, found.tree_rules, found.share, found.why) == ((), (), float(lost), why)
    said = {"it never loses": "in none of the 400", "it always loses": "in all of the 400"}[why]
    assert sentence(found, "en") == f"R3 loses to the baseline on members {said} sampled futures."


def test_what_does_not_fit_is_refused(points):
    with pytest.raises(ValueError, match="400 points need as many outcomes"):
        discover(points, np.zeros(3, dtype=bool), "members", "R3")
    lines = Design(METHODS["morris"], points.factors, points.places)
    with pytest.raises(ValueError, match="lie on lines"):
        discover(lines, planted(points), "members", "R3")


def test_where_nothing_varies_there_is_no_box(points):
    still = Design(METHODS["table"], points.factors[:1], np.full((20, 1), 0.5))
    assert discover(still, np.arange(20) < 7, "members", "R3").why == "no factor varies"


@pytest.mark.parametrize("missing", ["ema_workbench.analysis.prim", "sklearn.tree"])
def test_a_missing_extra_says_what_to_install(points, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=r"make install in a checkout, or pip install 'klyngesim\[discover\]'"):
        discover(points, planted(points), "members", "R3", NO_SHUFFLES)


TOLD = Discovery(
    outcome="members",
    scenario="R3",
    share=0.34,
    boxes=(Box((Limit(SUPPORT, None, 0.12, 0.0), Limit(LOSS, 0.2, None, 0.001)), 0.78, 0.91, 0.29, 116, 106),),
    tree_rules=(),
    points=400,
)


def test_the_sentence_in_both_languages():
    assert sentence(TOLD, "en") == (
        "R3 loses to the baseline on members in 34\u00a0% of the sampled futures; 78\u00a0% of these lie where "
        "membership.support_response (how far renewal of membership depends on expected support) is below 0.12 and "
        "evaluation.loss (believed chance of losing the grant at an evaluation) is above 0.20, and 91\u00a0% of the "
        "futures there are losses."
    )
    assert sentence(TOLD, "da") == (
        "R3 taber til grundforløbet på medlemmer i 34\u00a0pct. af de trukne fremtider; 78\u00a0pct. af dem ligger, "
        "hvor membership.support_response (hvor meget fornyelse af medlemskab afhænger af forventet støtte) er under "
        "0,12 og evaluation.loss (forventet risiko for at miste bevillingen ved en evaluering) er over 0,20, og "
        "91\u00a0pct. af fremtiderne dér er tab."
    )


def test_a_rule_of_the_tree_on_other_factors_follows_the_box():
    same = Box((Limit(SUPPORT, None, 0.1, 0.0),), 0.70, 0.95, 0.25, 100, 95)
    other = Box((Limit("trust.gain", 0.4, None, 0.0),), 0.36, 0.85, 0.14, 58, 49)
    third = Box((Limit("idea.base", 0.4, None, 0.0),), 0.30, 0.85, 0.14, 58, 49)
    told = replace(TOLD, tree_rules=(same, other, third))
    assert sentence(told, "en") == sentence(TOLD, "en") + (
        " From another angle, 36\u00a0% of the losses (some of them the same) lie where trust.gain (missing "
        "trust gained) is above 0.40, and 85\u00a0% of the futures there are losses."
    )
    assert sentence(told, "da").endswith(
        "hvor trust.gain (manglende tillid, der vindes) er over 0,40, og 85\u00a0pct. af fremtiderne dér er tab."
    )


@pytest.mark.parametrize(
    ("limit", "english", "danish"),
    [
        (Limit("a", 0.0123, 0.4, 0.0), "a is between 0.012 and 0.40", "a er mellem 0,012 og 0,40"),
        (Limit("a", 2.0, 4.0, 0.0, "whole"), "a is from 2 to 4", "a er fra 2 til 4"),
        (Limit("a", 3.0, 3.0, 0.0, "whole"), "a is 3", "a er 3"),
        (Limit("a", None, 1500.0, 0.0, "whole"), "a is at most 1,500", "a er højst 1.500"),
        (Limit("M031", None, 0.0, 0.0, "switch"), *IN_FORCE),
    ],
)
def test_limits_in_words(limit, english, danish):
    told = Discovery("members", "R3", 0.34, (Box((limit,), 0.999, 1.0, 0.3, 9, 9),), (), 30)
    assert f"where {english}, and 100\u00a0% of" in sentence(told, "en") and "99.9\u00a0%" in sentence(told, "en")
    assert f"hvor {danish}, og 100\u00a0pct. af" in sentence(told, "da") and "99,9\u00a0pct." in sentence(told, "da")


def test_every_word_has_both_languages():
    assert all(both["en"] and both["da"] for both in catalogue("sweep.csv").values())
