"""The judgement of a fit on numbers that can be checked by hand."""

import numpy as np
import pytest

from klyngesim.calibration.leave_one_out import QUANTITIES, counts, judged, replacements, score
from klyngesim.calibration.naive import Z90, log_rmse, naive, proportional
from klyngesim.calibration.rivals import NULL, REFITTED, RIVALS, compared
from klyngesim.calibration.settings import read_settings
from klyngesim.calibration.targets import read_targets
from klyngesim.calibration.verdicts import fit_row, fit_table, group_table, judge, predictions
from klyngesim.scenario.loading import load
from klyngesim.scenario.parameters import registry

TARGETS = read_targets()


def target(name):
    return next(each for each in TARGETS if each.id == name)


def perfect(draws=40):
    """Simulated draws that hit every printed figure, or the middle of its range."""
    middle = []
    for each in TARGETS:
        low, high = each.bounds
        middle.append(low if np.isinf(high) else high if np.isinf(low) else (low + high) / 2.0)
    return np.tile(middle, (draws, 1))


def test_the_naive_model_is_what_a_pocket_calculator_says():
    assert proportional(np.array([10.0, 20.0, 30.0]), np.array([1.0, 1.0, 2.0])) == pytest.approx([50 / 3, 40 / 3, 30])
    _, observed, _ = counts()
    errors = {name: log_rmse(replacements()[name], observed[name]) for name in QUANTITIES}
    # The referee's own leave-one-out of the same tables gives 0.29 and 0.34.
    assert errors["participants"] == pytest.approx(0.29, abs=0.01)
    assert errors["members"] == pytest.approx(0.34, abs=0.01)


def test_the_naive_interval_is_its_own_error():
    guess = naive(TARGETS)["participants.made"]
    _, observed, _ = counts()
    error = log_rmse(replacements()["participants"], observed["participants"])
    assert np.log(guess.high / guess.value) == pytest.approx(Z90 * error)
    assert set(naive(TARGETS)) == {each.id for each in TARGETS if each.counts}


def test_predictions_spread_by_the_tolerance_and_the_discrepancy():
    each = target("participants.made")  # ten per cent on the log scale
    values = np.full(200, each.observed)
    assert predictions(values, each).std() == pytest.approx(0.1, rel=0.1)
    assert predictions(values, each, 3.0).std() == pytest.approx(0.1 * np.sqrt(10.0), rel=0.1)


@pytest.mark.parametrize(("factor", "inside"), [(1.0, True), (1.1, True), (1.3, False), (0.7, False)])
def test_a_printed_value_is_met_inside_the_interval(factor, inside):
    each = target("participants.made")
    row = fit_row(each, np.full(50, each.observed * factor), None, "too far")
    assert row.inside == inside
    assert row.miss == ("" if inside else "too far")
    assert np.sign(row.standardised_error) == np.sign(np.round(factor - 1.0, 9))
    # A discrepancy of three tolerances makes room for thirty per cent.
    assert fit_row(each, np.full(50, each.observed * factor), None, "", 3.0).inside


def test_a_printed_range_is_met_by_the_median_alone():
    each = target("one_year.all")
    low, high = each.bounds
    wide = np.concatenate((np.full(10, low - 0.3), np.full(40, low - 0.01)))
    assert not fit_row(each, wide, None, "", 50.0).inside  # no interval is wide enough to help
    assert fit_row(each, np.full(50, (low + high) / 2.0), None, "").inside


@pytest.mark.parametrize(
    ("coverage", "width", "naive_width", "words"),
    [
        (0.9, 1.0, 2.0, "met"),
        (1.0, 1.0, 2.0, "all inside"),
        (0.79, 1.0, 2.0, "coverage below 80 %"),
        (0.98, 1.0, 2.0, "coverage above 97 %"),
        (0.5, 3.0, 2.0, "coverage below 80 %, wider than naive"),
    ],
)
def test_aims_of_a_group(coverage, width, naive_width, words):
    assert judge(coverage, width, naive_width) == words


def test_a_perfect_model_meets_every_group_and_a_doubled_one_none_of_the_counts():
    guesses = naive(TARGETS)
    good = fit_table(TARGETS, perfect(), guesses, {})
    assert all(row.coverage == 1.0 for row in group_table(TARGETS, good, good, guesses))
    bad = fit_table(TARGETS, 2.0 * perfect(), guesses, {})
    found = {row.group: row.coverage for row in group_table(TARGETS, bad, bad, guesses)}
    assert found["participants"] == found["members"] == 0.0


def test_leave_one_out_scores_the_medians():
    ids, observed, _ = counts()
    draws = np.stack([observed[name] for name in QUANTITIES], axis=-1)[:, None, :] * np.array([0.9, 1.0, 1.1])[:, None]
    rows, scores = judged(ids, observed, draws)
    assert len(rows) == 2 * len(ids)
    assert [each.model for each in scores] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert all(each.verdict == "better" for each in scores)


@pytest.mark.parametrize(("factor", "verdict"), [(0.5, "better"), (1.05, "no worse"), (1.2, "worse")])
def test_worse_than_naive_by_more_than_a_tenth_is_worse(factor, verdict):
    naive_errors = np.linspace(-0.5, 0.5, 13)
    found = score("participants", factor * naive_errors, naive_errors)
    assert found.ratio == pytest.approx(factor) and found.verdict == verdict
    assert found.ratio_low == pytest.approx(factor) and found.ratio_high == pytest.approx(factor)
    assert found.model_low < found.model < found.model_high


def test_a_rival_is_compared_with_its_like_and_with_chance():
    """What changes sides when the rules in force are fitted once more is chance; a rival has to change more."""
    places = {each.id: place for place, each in enumerate(TARGETS)}

    def off(*names):
        values = perfect()
        values[:, [places[name] for name in names]] *= 2.0
        return values

    variants = {
        REFITTED[0]: ("all", off("participants.made")),
        REFITTED[1]: ("all", off("members.clean")),  # two away from the first, which is the most that chance does
        "like it": ("a", off("members.made")),
        "more": ("a", off("participants.made", "members.clean", "own.food", "participants.food")),
        "a group lost": ("a", off("participants.made", "overlap.members", "overlap.participants", "own.food")),
        "a group lost by chance": ("a", off("participants.made", "overlap.members")),
    }
    words = {row.variant: row.verdict for row in compared(TARGETS, perfect(), variants, {})}
    assert words[REFITTED[0]] == words[REFITTED[1]] == "in force"
    assert (words["like it"], words["more"]) == ("not told apart", "told apart")
    assert (words["a group lost"], words["a group lost by chance"]) == ("rejected", "not told apart")


def test_every_rival_is_allowed_at_the_ends_of_the_prior():
    space, usual = read_settings().space, load("baseline").values
    for corner in (np.zeros(len(space)), np.ones(len(space))):
        values = space.values(corner)
        for name, (_, change) in RIVALS.items():
            for key, value in change({**usual, **values}).items():
                assert registry()[key].validate(value) is None, (name, key, value)


def test_rivals_are_rejected_told_apart_or_not():
    places = {each.id: place for place, each in enumerate(TARGETS)}
    one_off, off = perfect(), perfect()
    one_off[:, places["participants.made"]] *= 2.0
    off[:, [place for name, place in places.items() if name.startswith("participants.")]] *= 2.0
    unknown = np.where(np.arange(len(TARGETS)) == places["spending.share"], np.nan, perfect())
    variants = {"same": ("a", perfect()), "one": ("a", one_off), "off": ("a", off), NULL: ("all", unknown)}
    rows = compared(TARGETS, perfect(), variants, {})
    words = {row.variant: row.verdict for row in rows}
    assert (words["same"], words["one"], words["off"]) == ("not told apart", "told apart", "rejected")
    spending = next(row for row in rows if row.variant == NULL and row.group == "spending")
    assert (spending.undefined, spending.coverage) == (1, 0.0)
