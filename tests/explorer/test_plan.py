"""What cannot become a page is refused before a run, with what to type."""

import numpy as np
import pytest

from klyngesim.errors import InputError
from klyngesim.explorer.plan import read_plan, thinned
from klyngesim.sweeps.runs import design_of
from tests.cli.commands import klyngesim
from tests.explorer.pages import SMALL


def planned(tmp_path, text):
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path)


def refused(tmp_path, *changes):
    text = SMALL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    with pytest.raises(InputError) as error:
        planned(tmp_path, text)
    return str(error.value)


def test_a_sweep_without_levers_is_refused(tmp_path):
    start, end = SMALL.index("levers:"), SMALL.index("parameters:")
    said = refused(tmp_path, (SMALL[start:end], ""))
    assert "s.yaml: levers: none; allowed: 1 to 8 levers, such as levers: {grant.budget_factor: {low" in said


def test_what_a_page_cannot_have_is_said_at_once(tmp_path):
    said = refused(
        tmp_path,
        ("scenario: baseline", "scenario: [baseline, r3-horizon]"),
        ("samples: 40", "samples: 12"),
        ("dummy: false", "switches: [attendance.rule=demand]"),
        ("staff_fte]", "members_joined]"),
        ("low: 0.5, high: 2,", "low: 1.5, high: 2,"),
    )
    for words in (
        "scenario: 2 of them; allowed: one, which is as today; the others are buttons: explore: {presets: [r3-horizon",
        "method: lhs, 12 points; allowed: lhs, with samples for 30 points or more",
        "dummy: true; allowed: dummy: false",
        "switches: attendance.rule=demand; allowed: none",
        "explore.trade_off[1]: members_joined; allowed: an outcome of the sweep; add members_joined to outcomes",
        "levers.fees.level: 1.5 to 2; allowed: a range with the usual value 1 in it, where the slider starts",
    ):
        assert words in said, (words, said)


def test_more_levers_or_charts_than_a_page_holds_are_refused(tmp_path):
    efforts = ("recruit", "retain", "broker", "apply", "project")
    more = "".join(f"  effort.{name}: {{low: 0.1, high: 0.3, from: 2025Q1}}\n" for name in efforts)
    more += "  sponsorship.level: {low: 0.5, high: 2, from: 2025Q1}\n"
    charts = "[innovations, ties_cluster, social_capital, participants_unique_year,"
    said = refused(tmp_path, ("parameters:", f"{more}parameters:"), ("[participants_unique_year,", charts))
    assert "levers: 9 of them; allowed: at most 8" in said and "outcomes: 9 of them; allowed: at most 8" in said


def test_a_sweep_without_the_keys_of_a_page_is_refused(tmp_path):
    said = refused(tmp_path, (SMALL[SMALL.index("explore:") :], ""))
    assert "explore: missing; allowed: what the page needs: explore: {presets: [r3-ten-years], pairs: 20}" in said
    assert "did you mean r3-ten-years?" in refused(tmp_path, ("[r3-ten-years,", "[r3-ten-yaers,"))


def test_the_command_says_so_before_it_runs_or_writes_anything(tmp_path):
    (tmp_path / "s.yaml").write_text(SMALL.replace("announced: 2024Q4", "announced: 2026Q1"), encoding="utf-8")
    done = klyngesim("explore", "s.yaml", cwd=tmp_path)
    assert done.returncode == 2 and "allowed: a quarter not after 'from' (2025Q1)" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


def test_every_number_of_moved_levers_comes_up(tmp_path):
    plan = planned(tmp_path, SMALL)
    levers, points = plan.sweep.factors[:3], [plan.design.values(point) for point in range(40)]
    assert {sum(one[lever.id] != lever.prior.mode for lever in levers) for one in points} == {1, 2, 3}
    whole = design_of(plan.sweep)
    assert (thinned(whole, 1).places[:, 3:] == whole.places[:, 3:]).all()
    assert len({one["attention.strength"] for one in points}) == 40


def test_points_that_share_places_are_no_points_to_leave_out(tmp_path):
    said = refused(tmp_path, ("method: lhs", "method: sobol"), ("samples: 40", "samples: 8"))
    assert "method: sobol, " in said and "allowed: lhs, with samples" in said


def test_a_lever_can_stay_at_a_value_of_many_digits(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "name: mine\ntitle: {en: Mine}\nextends: baseline\nparameters: {fees.level: 1.02553}\n", encoding="utf-8"
    )
    plan = planned(tmp_path, SMALL.replace("scenario: baseline", "scenario: mine.yaml"))
    values = [plan.design.values(point)["fees.level"] for point in range(40)]
    assert 5 < values.count(1.02553) < 35
    assert not plan.coding(np.array([[1.0, 1.02553, 0.0, 0.0, 0.0]]))[0, :3].any()


def test_another_number_of_points_is_tested_on_others(tmp_path):
    one, same, more, longer = (
        planned(tmp_path, SMALL.replace("samples: 40", lines)).held_out.places.tolist()
        for lines in ("samples: 40", "samples: 40", "samples: 41", "samples: 40\nreplicates: 2")
    )
    assert one == same and len(one) == len(more) == len(longer) == 30
    assert not {tuple(row) for row in one} & {tuple(row) for row in (*more, *longer)}
