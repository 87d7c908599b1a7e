"""What is made of the runs: years, missing values, the test on held-out points, the level as today."""

import numpy as np
import pytest

from klyngesim.errors import InputError, WorkError
from klyngesim.explorer.page import render
from klyngesim.explorer.pairs import require_values
from klyngesim.explorer.payload import payload
from klyngesim.explorer.plan import read_plan
from klyngesim.runs.executors import HERE
from tests.explorer.invented import AS_TODAY, explored
from tests.explorer.pages import SMALL

LATER = (
    SMALL.replace("from: 2025Q1, announced: 2024Q4", "from: 2027Q1, announced: 2026Q4")
    .replace("from: 2025Q1}", "from: 2027Q1}")
    .replace("period.end=2026Q4", "period.end=2028Q4")
)
TO_NOTHING = SMALL.replace("{low: 0.5, high: 1.5,", "{low: 0, high: 1.5,")


def test_levers_that_begin_after_the_window_change_nothing_before(tmp_path):
    found = explored(tmp_path, LATER)
    assert found.years[found.first] == 2025 and [found.years[at] for at in found.window] == [2025, 2026, 2027, 2028]
    coded = found.coding(found.held_out.values)
    for place, one in enumerate(found.surrogates):
        assert not one(coded)[:, :2].any() and not one.half[:2].any()
        wanted = found.held_out.difference[:, list(found.window), place].mean(axis=1)
        assert one(coded).mean(axis=1) == pytest.approx(wanted, abs=0.02 * AS_TODAY[place])
    assert min(one.r2 for one in found.validation) > 0.99


def test_a_difference_before_the_window_is_on_the_page(tmp_path):
    assert (found := explored(tmp_path, SMALL)).years[found.first] == 2025
    early = SMALL.replace(
        "local.partners: {low: 0, high: 1, from: 2025Q1}", "local.partners: {low: 0, high: 1, from: 2023Q1}"
    )
    assert (found := explored(tmp_path, early)).years[found.first] == 2023
    assert len(payload(found, "en")["presets"][0]["course"][0]) == 4


def test_outcomes_that_lack_values_have_the_centres_of_the_others(tmp_path):
    found = explored(tmp_path, TO_NOTHING, missing=["small_firm_share"])
    page = payload(found, "en")
    by_id = {one.indicator: one for one in found.validation}
    assert by_id["small_firm_share"].fitted < by_id["members"].fitted == 40
    assert by_id["small_firm_share"].points < by_id["members"].points
    for one in found.surrogates:
        rows = page["centres"] if one.kind == "gaussian process" else page["terms"]
        assert len(one.weights) == len(rows)


def test_a_preset_without_values_says_so_and_stays_out_of_the_figure(tmp_path):
    text = TO_NOTHING.replace("trade_off: [external_private_mkr, staff_fte]", "trade_off: [members, small_firm_share]")
    found = explored(tmp_path, text, missing=["small_firm_share"])
    last = payload(found, "en")["presets"][-1]["found"][3]
    assert last == {
        "relative": None,
        "said": "Exact runs: no value in any of the 5 pairs, so there is no verdict.",
    }
    assert "Without a value, and so not in the figure: 3." in render(found, "en")
    assert "Uden en værdi og derfor ikke med i figuren" not in render(explored(tmp_path, text), "da")


def test_an_outcome_that_most_points_lack_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(WorkError, match=r"small_firm_share: \d+ of 40 points have a value in every year") as error:
        explored(tmp_path, SMALL, missing=["small_firm_share"], lowest=0.6)
    assert "take it out of outcomes, or narrow the levers" in str(error.value)


def test_outcomes_without_a_value_in_some_year_are_refused_before_the_runs(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(
        SMALL.replace("staff_fte, organ", "members_three_years, organ").replace(", staff_fte]", ", members]")
    )
    with pytest.raises(InputError, match="no value as today in 2021, 2022") as error:
        require_values(read_plan(path).sweep, None, HERE)
    assert f"{path.name}: outcomes[4]: members_three_years" in str(error.value)


def test_held_out_points_that_move_nothing_do_not_count(tmp_path):
    found = explored(tmp_path, SMALL)
    levers = found.coding.levers
    still = found.held_out.values.copy()
    still[:12, :levers] = found.coding.usual[:levers]
    moved, today = found.held_out.moved.copy(), found.held_out.today
    moved[:12] = today[:12]
    object.__setattr__(found, "held_out", type(found.held_out)(still, moved, today, found.held_out.seeds, ()))
    assert {one.points for one in found.validation} == {18}


def test_points_that_failed_are_not_counted_on_the_page(tmp_path):
    found = explored(tmp_path, SMALL)
    pairs = found.pairs
    fewer = type(pairs)(pairs.values[:37], pairs.moved[:37], pairs.today[:37], pairs.seeds[:37], ("a", "b", "c"))
    object.__setattr__(found, "pairs", fewer)
    assert "Fitted to 37 points (seeds 6–45), tested on 30 (seeds 46–75)" in render(found, "en")


def test_the_level_as_today_follows_its_assumption_and_is_tested(tmp_path):
    found = explored(tmp_path, SMALL)
    coded = np.zeros((1, 5))
    coded[0, -1] = 1.0
    for place in range(6):
        assert found.today(place, coded)[0] == pytest.approx(AS_TODAY[place] * 1.05, rel=0.015)
    assert min(one.level_r2 for one in found.validation) > 0.6


@pytest.mark.parametrize("lang", ["en", "da"])
def test_what_points_are_and_how_they_were_used_is_on_the_page(tmp_path, lang):
    told = {
        "en": ("nine of ten tested points, each a pair of runs", "2 kinds with 7 degrees of smoothing", "40 / 30"),
        "da": ("ni ud af ti afprøvede punkter, hvert et par af kørsler", "2 slags med hver 7 grader", "40 / 30"),
    }
    text = render(explored(tmp_path, SMALL), lang)
    assert [said for said in told[lang] if said not in text] == []


def test_a_scenario_beside_the_sweep_file_is_to_be_run_from_there(tmp_path):
    (tmp_path / "mine #1.yaml").write_text("name: mine\ntitle: {en: Mine}\nextends: baseline\n", encoding="utf-8")
    found = explored(tmp_path, SMALL.replace("scenario: baseline", "scenario: 'mine #1.yaml'"))
    page = payload(found, "en")
    assert (page["extends"], page["beside"]) == ("mine #1.yaml", "known.yaml")
    assert "A scenario to save beside known.yaml and run exactly from that folder" in render(found, "en")
    assert payload(explored(tmp_path, SMALL), "en")["beside"] == ""
