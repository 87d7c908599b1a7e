"""Comparing scenarios: zero where nothing differs, the worth of shared luck, going on after a stop."""

from functools import partial

import numpy as np
import pytest

from klyngesim.comparisons import pairs
from klyngesim.comparisons.breakeven import STRENGTHS, breakeven, runs_needed, work_of
from klyngesim.comparisons.contested import contested, contested_of, set_by, without_effect
from klyngesim.comparisons.draws import lots, uncertain, under
from klyngesim.comparisons.gains import gains
from klyngesim.comparisons.pairs import opened, run_pairs
from klyngesim.comparisons.robustness import AS_IT_IS, robustness, switches
from klyngesim.comparisons.verdicts import differences, precision, ranking, rests_on, trades
from klyngesim.errors import InputError, StoreRefused
from klyngesim.experiments.ablation import settings_of
from klyngesim.results.comparison import MAIN
from klyngesim.results.windows import DECADES, Window
from klyngesim.runs.store import RunStore
from klyngesim.runs.tasks import run_tasks
from klyngesim.scenario.loading import from_mapping, load, read_template
from klyngesim.scenario.parameters import registry
from tests.runs.workers import Singly

SMALL = ["population.scale=0.02", "period.end=2027Q4"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Scenario files: one that changes nothing, one with a lever, one of another size."""
    folder = tmp_path_factory.mktemp("scenarios")
    lever = "timeline: [{from: 2025Q1, announced: 2024Q4, set: {%s}}]\n"
    texts = {
        "same": "name: same\nextends: baseline\n" + lever % "grant.horizon_years: 4",
        "cut": "name: cut\nextends: baseline\n" + lever % "grant.budget_factor: 0.5",
        "segments": "name: segments\nextends: baseline\n" + lever % "segmentation.level: 1",
        "smaller": "name: smaller\nextends: baseline\npopulation: {scale: 0.5}\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return {name: str(folder / f"{name}.yaml") for name in texts}


@pytest.fixture(scope="module")
def runs(written):
    return run_pairs(opened(["baseline", written["same"], written["cut"]], SMALL), 5, "central")


def test_a_variant_that_changes_nothing_differs_by_exactly_nothing(runs):
    rows = [row for row in differences(runs) if row.scenario == "same"]
    assert len(rows) > 30
    for row in rows:
        assert (row.mean_difference, row.low, row.high) == (0.0, 0.0, 0.0) or np.isnan(row.mean_difference)
        assert row.verdict == ("" if np.isnan(row.mean_difference) else "nothing changes")
    assert all(row.verdict == "nothing changes" for row in gains(runs) if row.scenario == "same")
    assert without_effect(runs) == {"same": {}}


def test_a_halved_grant_brings_less_and_costs_less(runs):
    """A rule alone: with half of the money from 2025 on less is spent and fewer take part."""
    rows = {row.indicator: row for row in differences(runs) if row.scenario == "cut"}
    assert rows["grant_spent_mkr"].mean_difference < 0.0
    assert rows["grant_spent_mkr"].verdict == "better"  # public money is a cost
    assert rows["participations_firms"].verdict == "worse"
    assert rows["participations_firms"].mean_difference < 0.0
    assert rows["participations_firms"].prob_best == 0.0


def test_chances_of_being_best_add_up_and_ranks_are_complete(runs):
    best = {}
    for row in differences(runs):
        best.setdefault((row.indicator, row.window), []).append(row.prob_best)
    assert all(sum(values) <= 1.0 + 1e-9 for values in best.values() if not np.isnan(values).any())
    ranks = {}
    for row in ranking(runs):
        ranks.setdefault((row.indicator, row.window), []).append(row.rank)
    assert all(sum(found) == 6.0 for found in ranks.values() if not np.isnan(found).any())
    assert [trade.scenario for trade in trades(runs)] == ["baseline", "same", "cut"]


def test_gains_by_organisation_add_up_to_the_programme(runs):
    rows = [r for r in gains(runs) if r.scenario == "cut" and r.what == "projects_external_started"]
    whole = runs.paired(2, 0, "projects_external_started").mean
    assert len(rows) == 13
    assert sum(row.mean_difference for row in rows) == pytest.approx(whole)


def test_shared_luck_halves_the_deviation_at_least(written):
    """The fixed case: segmentation in a tenth of the population, four pairs to 2028."""
    templates = opened(["baseline", written["segments"]], ["population.scale=0.1", "period.end=2028Q4"])
    found = run_pairs(templates, 4, "central")
    rows = {row.indicator: row for row in precision(found)}
    for name in ("participants_unique_year", "members", "social_capital", "external_private_mkr"):
        assert rows[name].sd_paired <= 0.5 * rows[name].sd_independent, name
        assert rows[name].independent_pairs >= 4 * rows[name].n_pairs


def test_a_comparison_stops_when_it_is_sure_and_says_what_it_would_need(written):
    sure = run_pairs(opened(["baseline", written["same"]], SMALL), 40, "central", at_least=5)
    assert (sure.enough, len(sure.lots)) == (True, 5)
    unsure = run_pairs(opened(["baseline", written["cut"]], SMALL), 2, "central", at_least=2)
    assert not unsure.enough
    assert max(row.pairs_needed for row in precision(unsure) if row.indicator in MAIN) > 2


def test_finished_runs_are_not_made_again(written, tmp_path, monkeypatch):
    templates = opened(["baseline", written["cut"]], SMALL)
    store = RunStore(tmp_path / "store")
    first = run_pairs(templates, 2, "central", store, at_least=2)
    made = []
    failing = Singly(lambda *a: made.append(a[1]) or 1 / 0)
    monkeypatch.setattr(pairs, "run_tasks", partial(run_tasks, measured=failing))
    again = run_pairs(templates, 2, "central", RunStore(tmp_path / "store"), at_least=2)
    assert made == []
    assert str(list(differences(again))) == str(list(differences(first)))
    # What is missing is made, and a run that fails leaves its pair out of all scenarios with the reason.
    more = run_pairs(templates, 3, "central", store, at_least=3)
    assert len(more.lots) == 2
    assert "ZeroDivisionError" in more.failures[0]
    assert "seed 3" in more.failures[0]


def test_a_damaged_entry_is_made_again(written, tmp_path):
    store = RunStore(tmp_path / "store")
    run_pairs(opened(["baseline", written["same"]], SMALL), 2, "central", store, at_least=2)
    entries = sorted((tmp_path / "store").glob("*/*.npz"))
    assert entries
    before = entries[0].read_bytes()
    entries[0].write_bytes(before[: len(before) // 2])
    again = run_pairs(opened(["baseline", written["same"]], SMALL), 2, "central", store, at_least=2)
    assert len(again.lots) == 2
    assert entries[0].read_bytes()[:4] == before[:4]
    with np.load(entries[0]) as found:
        assert set(found) == {"about", "indicators", "moves", "yearly", "organisations"}


def test_a_store_of_another_format_or_with_something_else_in_it_is_refused(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "thesis.txt").write_text("x")
    with pytest.raises(StoreRefused, match="something else"):
        RunStore(tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "store.json").write_text('{"format": "klyngesim-store/0"}')
    with pytest.raises(StoreRefused, match="klyngesim-store/0"):
        RunStore(tmp_path / "b")
    (tmp_path / "c").write_text("a file")
    with pytest.raises(StoreRefused, match="cannot be used"):
        RunStore(tmp_path / "c")


def test_the_name_of_a_run_follows_what_decides_its_numbers():
    base, spans = load("baseline"), (Window(2025, 2034),)
    renamed = from_mapping({"name": "other", "extends": "baseline", "replicates": 3})
    changed = from_mapping({"name": "other", "extends": "baseline", "parameters": {"trust.gain": 0.31}})
    key = RunStore.key(base, 1, spans)
    assert RunStore.key(renamed, 1, spans) == key
    others = {RunStore.key(changed, 1, spans), RunStore.key(base, 2, spans), RunStore.key(base, 1, DECADES)}
    assert len(others | {key}) == 4


def test_what_cannot_be_compared_is_refused(written):
    with pytest.raises(InputError, match="differ in scale"):
        opened(["baseline", written["smaller"]], [])
    with pytest.raises(InputError, match="two scenarios are called baseline"):
        opened(["baseline", "baseline"], [])
    with pytest.raises(InputError, match="at least one variant"):
        opened(["baseline"], [])


def test_lots_share_seeds_and_draws_and_assumed_values_lie_in_their_bounds():
    assert [(lot.seed, lot.draw) for lot in lots("central", 3, 5)] == [(5, 0), (6, 0), (7, 0)]
    drawn = list(lots("posterior", 3, 5))
    assert [lot.seed for lot in drawn] == [5, 6, 7]
    assert all(lot.draw > 0 and lot.values for lot in drawn)
    free = uncertain(tuple(drawn[0].values))
    baseline = read_template("baseline", SMALL)
    assert len(free) > 50
    for lot in list(lots("assumed", 4, 1))[:4]:
        for parameter in free:
            assert parameter.validate(lot.values[parameter.id]) is None
        scenarios = under(lot, [baseline])
        if scenarios is not None:
            assert scenarios[0].values["trust.gain"] == lot.values["trust.gain"]
    with pytest.raises(ValueError, match="allowed: central, posterior, assumed, tenable"):
        next(lots("everything", 1, 1))


def test_every_contested_strength_is_registered_and_a_lever_finds_its_own(written):
    assert {entry.parameter for entry in contested()} <= set(registry())
    base, cut, segments = (load(source) for source in ("baseline", written["cut"], written["segments"]))
    assert set_by(cut, base) == ("grant.budget_factor",)
    assert set_by(load(written["same"]), base) == ()
    names = [entry.parameter for entry in contested_of(set_by(segments, base))]
    assert names == ["segmentation.effect", "segmentation.hours_year"]
    assert contested_of(()) == ()


def test_levels_that_rest_on_priors_say_so(runs):
    assert rests_on(runs, 2, "innovations") == "assumption"
    assert rests_on(runs, 2, "ties_cluster") == "assumption"


def test_break_even_tries_the_whole_evidence(written):
    templates = opened(["baseline", written["segments"]], SMALL)
    work = work_of(templates)
    assert set(work) == {"segmentation.effect", "segmentation.hours_year"}
    assert runs_needed(work, 2) == 2 * STRENGTHS * 2 * 2
    told = []
    rows = list(breakeven(templates, 2, on_progress=lambda progress: told.append((progress.done, progress.total))))
    assert len(rows) == 2 * len(MAIN)
    assert told[-1] == (24, 24)
    for row in rows:
        bounds = registry()[row.parameter]
        assert (row.evidence_low, row.evidence_high, row.n_pairs) == (bounds.low, bounds.high, 2)
        assert row.inside_evidence == (row.evidence_low <= row.breakeven <= row.evidence_high)


def test_switches_leave_out_what_a_variant_sets_itself_and_hold_in_all_scenarios(written):
    names = {switch.id for switch in switches(opened(["baseline", written["segments"]], SMALL))}
    assert "M073" not in names  # segmentation off would undo the variant
    assert {"M085", "attendance.return_rule=need", "rival.complacency=0.5"} <= names
    off = next(switch for switch in switches(opened(["baseline", written["cut"]], SMALL)) if switch.id == "M085")
    assert settings_of(off) == {"attention.strength": 0.0, "coordination.hours_per_initiative": 0.0}


def test_the_comparison_under_no_switch_is_the_comparison(written, monkeypatch):
    """Only two of the switches, for the time they take."""
    from klyngesim.comparisons import robustness as module

    templates = opened(["baseline", written["cut"]], SMALL)
    chosen = [one for one in switches(templates) if one.id in ("M085", "attendance.return_rule=need")]
    monkeypatch.setattr(module, "switches", lambda *_: chosen)
    told = []
    rows = list(robustness(templates, 2, on_progress=lambda progress: told.append((progress.done, progress.total))))
    assert told[-1] == (12, 12)
    assert len(rows) == 3 * len(MAIN)
    plain = run_pairs(templates, 2, "central", at_least=2)
    usual = {row.indicator: row for row in rows if row.switch == AS_IT_IS}
    for name in MAIN:
        assert usual[name].mean_difference == plain.paired(1, 0, name).mean
        assert not usual[name].turns
    other = {row.indicator: row for row in rows if row.switch == "attendance.return_rule=need"}
    assert any(other[name].mean_difference != usual[name].mean_difference for name in MAIN)


def test_a_strength_that_is_set_in_all_runs_or_by_a_file_is_not_tried(tmp_path):
    sources = ["baseline", "r3-evaluation"]
    assert "evaluation.loss" in work_of(opened(sources, []))
    assert "evaluation.loss" not in work_of(opened(sources, ["evaluation.loss=0.2"]))
    base = tmp_path / "strict.yaml"
    base.write_text("extends: baseline\nparameters: {evaluation.threshold: 0.7}\n", encoding="utf-8")
    found = work_of(opened([str(base), "r3-evaluation"], []))
    assert "evaluation.threshold" not in found and "evaluation.loss" in found
