"""Break-even strengths of made-up runs, worked out by hand, and the strengths that are tried."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from klyngesim.comparisons import breakeven as module
from klyngesim.comparisons.breakeven import STRENGTHS, breakeven, runs_needed, strengths, work_of
from klyngesim.comparisons.pairs import opened
from klyngesim.results.comparison import MAIN
from klyngesim.runs.jobs import Progress
from klyngesim.scenario.parameters import registry
from tests.comparisons.made_up import DECADE, FIVE, TWO_DECADES, made_up

EFFECT, HOURS = "segmentation.effect", "segmentation.hours_year"


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """The baseline, and a variant with a lever whose effect and hours are assumed."""
    return opened(["baseline", written(tmp_path_factory, "segments", "segmentation.level: 1")], [])


def written(tmp_path_factory, name, parameters):
    """The file of a scenario with these parameters."""
    path = tmp_path_factory.mktemp("scenarios") / f"{name}.yaml"
    path.write_text(f"name: {name}\nextends: baseline\nseed: 77\nparameters: {{{parameters}}}\n", encoding="utf-8")
    return str(path)


def rows_of(templates, monkeypatch, luck, told=None, **slopes):
    """Rows by parameter and indicator, where differences grow with the share of the evidence that a strength is at.

    ``slopes``: by indicator the difference at the lower and the upper bound, or at them and the middle; others differ
    by nothing but luck. In the second window all is lost.
    """
    tried = []

    def made(chosen, lots, start, store, pool, on_progress):
        ((name, strength),) = lots[0].values.items()
        low, high = registry()[name].low, registry()[name].high
        share = (strength - low) / (high - low)
        tried.append((name, share, lots, [template.scenario.name for template in chosen]))
        if on_progress:
            on_progress(Progress(len(chosen) * len(lots), 0, len(chosen) * len(lots)))
        steady = {indicator: [100.0] * 5 for indicator in MAIN}
        values = {
            indicator: [100.0 + np.interp(share, np.linspace(0.0, 1.0, len(at)), at) + luck * one for one in FIVE]
            for indicator, at in slopes.items()
        }
        if share > 0.4:
            values["new_participants"] = [*steady["new_participants"][1:], math.nan]
        nothing = {"segments": dict.fromkeys(slopes, [0.0] * 5)}
        return made_up(steady, {"segments": values}, (DECADE, TWO_DECADES), nothing)

    monkeypatch.setattr(module, "run_lots", made)
    rows = list(breakeven(templates, 5, on_progress=told))
    return {(row.parameter, row.indicator): row for row in rows}, tried


def test_every_row_by_hand(templates, monkeypatch):
    """From -10 to +30 the difference is zero at a quarter of the evidence, which the middle does not tell alone."""
    slopes = {"members": (-10.0, 30.0), "innovations": (8.0, 4.0), "social_capital": (6.0, 6.0)}
    told = []
    rows, tried = rows_of(templates, monkeypatch, 0.1, told.append, **slopes)
    assert len(rows) == 2 * len(MAIN)
    bounds = registry()[EFFECT]
    span = bounds.high - bounds.low
    row = rows[EFFECT, "members"]
    assert (row.scenario, row.n_pairs, row.unclear, row.inside_evidence) == ("segments", 5, False, True)
    assert (row.evidence_low, row.evidence_high) == (bounds.low, bounds.high)
    assert row.breakeven == pytest.approx(bounds.low + 0.25 * span)
    assert [row.difference_low, row.difference_high] == pytest.approx([-10.0, 30.0])
    beyond = rows[EFFECT, "innovations"]
    assert (beyond.breakeven, beyond.inside_evidence) == (pytest.approx(bounds.low + 2.0 * span), False)
    never = rows[EFFECT, "social_capital"]
    assert math.isnan(never.breakeven) and not never.inside_evidence
    assert rows[HOURS, "members"].breakeven > 1.0 > row.breakeven  # each on the scale of its own evidence
    assert [share for name, share, *_ in tried if name == EFFECT] == pytest.approx([0.0, 0.5, 1.0])
    for _, _, lots, _ in tried:  # the baseline's seeds, whatever the variant's are, at the central values
        assert [(lot.seed, lot.draw) for lot in lots] == [(1, 0), (2, 0), (3, 0), (4, 0), (5, 0)]
    assert [(one.done, one.total) for one in told] == [(runs, 60) for runs in (10, 20, 30, 40, 50, 60)]
    assert rows[EFFECT, "new_participants"].n_pairs == 5  # those at the lower bound: the fifth has no value above it
    assert all(names == ["baseline", "segments"] for *_, names in tried)


def test_a_crossing_that_chance_may_have_made_is_unclear(templates, monkeypatch):
    """Luck of 40 about differences of -10 and 30; at 300 the upper end is sure."""
    assert rows_of(templates, monkeypatch, 40.0, members=(-10.0, 30.0))[0][EFFECT, "members"].unclear
    assert not rows_of(templates, monkeypatch, 40.0, members=(-10.0, 300.0))[0][EFFECT, "members"].unclear
    assert not rows_of(templates, monkeypatch, 40.0, members=(-300.0, 10.0))[0][EFFECT, "members"].unclear
    assert rows_of(templates, monkeypatch, 40.0, members=(-10.0, 300.0, 30.0))[0][EFFECT, "members"].unclear


@pytest.mark.parametrize("ends", [(0.0, 30.0), (-30.0, 0.0)])
def test_a_break_even_strength_at_a_bound_is_inside_the_evidence(templates, monkeypatch, ends):
    row = rows_of(templates, monkeypatch, 0.1, members=ends)[0][EFFECT, "members"]
    assert row.breakeven == (row.evidence_low if ends[0] == 0.0 else row.evidence_high)
    assert row.inside_evidence


@pytest.mark.parametrize("setter", [0, 1])
def test_a_strength_that_either_scenario_sets_is_no_assumption(tmp_path_factory, setter):
    own = ["", "segmentation.level: 1"]
    own[setter] = f"{own[setter]}, {EFFECT}: {registry()[EFFECT].high}".removeprefix(", ")
    paths = [written(tmp_path_factory, name, text) for name, text in zip(("first", "second"), own, strict=True)]
    work = work_of(opened(paths, []))
    assert {name: [variant for variant, _ in variants] for name, variants in work.items()} == {HOURS: [1]}


def test_runs_are_counted_before_they_are_made(templates):
    work = work_of(templates)
    assert set(work) == {EFFECT, HOURS}
    assert runs_needed(work, 5) == 2 * STRENGTHS * 2 * 5  # two parameters, baseline and variant
    assert runs_needed({"one": [(1, None), (2, None)]}, 4) == 3 * STRENGTHS * 4


def test_strengths_go_from_bound_to_bound():
    assert strengths(SimpleNamespace(low=0.2, high=1.0, step=None)) == pytest.approx([0.2, 0.6, 1.0])
