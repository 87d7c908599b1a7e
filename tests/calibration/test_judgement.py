"""The judgement of a fit on numbers that can be checked by hand."""

import numpy as np
import pytest

from klyngesim.calibration.held_out import (
    QUANTITIES,
    benchmarks,
    counts,
    drawn_counts,
    given_back,
    taken_by,
    weights_without,
)
from klyngesim.calibration.leave_one_out import MODEL, judged, scored
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
    _, observed = counts()
    errors = {
        name: {rule: log_rmse(guess, observed[name]) for rule, guess in benchmarks(observed[name]).items()}
        for name in QUANTITIES
    }
    # The referees' own leave-one-out of the same tables gives these.
    told = {"grant": 0.29, "seats": 0.241, "grant and seats": 0.219}
    assert errors["participants"] == pytest.approx(told, abs=0.01)
    assert errors["members"]["grant"] == pytest.approx(0.34, abs=0.01)


def test_the_naive_interval_is_its_own_error():
    guesses = naive(TARGETS)
    own = [each for each in TARGETS if each.observable == "own_registered"]
    told, printed = np.array([(guesses[each.id].value, each.observed) for each in own]).T
    error = log_rmse(told, printed)
    guess = guesses["own.made"]
    assert np.log(guess.high / guess.value) == pytest.approx(Z90 * error)
    assert set(naive(TARGETS)) == {each.id for each in TARGETS if each.counts}


def test_predictions_spread_by_the_tolerance_and_the_discrepancy():
    each = target("participants.made")  # ten per cent on the log scale
    values = np.full(200, each.observed)
    assert predictions(values, each).std() == pytest.approx(0.1, rel=0.1)
    assert predictions(values, each, 3.0).std() == pytest.approx(0.1 * np.sqrt(10.0), rel=0.1)


@pytest.mark.parametrize(("factor", "inside"), [(1.0, True), (1.1, True), (1.3, False), (0.7, False)])
def test_a_printed_value_is_met_inside_the_interval(factor, inside):
    each = target("participants.sum")
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


def test_what_is_inside_by_width_alone_is_said():
    """Trends whose middle is far off are inside when intervals are wide; then it says so."""
    guesses = naive(TARGETS)
    chance = np.random.default_rng(1)
    wide = perfect(400) * np.exp(0.4 + 0.4 * chance.standard_normal((400, len(TARGETS))))
    for values, words in ((perfect(), False), (wide, True)):
        fits = fit_table(TARGETS, values, guesses, {})
        row = next(row for row in group_table(TARGETS, fits, fits, guesses) if row.group == "spending")
        assert (row.coverage, "by width" in row.aim, row.near) == (1.0, words, 0 if words else 1)


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


def test_leave_one_out_scores_the_medians_and_counts_what_lies_inside():
    ids, observed = counts()
    draws = np.stack([observed[name] for name in QUANTITIES], axis=-1)[:, None, :] * np.array([0.9, 1.0, 1.1])[:, None]
    draws[0, :, 1] *= 2.0  # members of the first one are missed by far
    rows, scores = judged(ids, observed, draws, np.full(13, 3.0))
    assert len(rows) == 2 * len(ids)
    assert [row.organisation for row in rows if not row.inside] == [ids[0]]
    assert all(row.effective == pytest.approx(3.0) for row in rows)
    model = {each.quantity: each for each in scores if each.predictor == MODEL}
    assert (model["participants"].log_rmse, model["participants"].coverage) == pytest.approx((0.0, 1.0))
    assert (model["members"].log_rmse, model["members"].coverage) == pytest.approx((np.log(2.0) / 13**0.5, 12.0 / 13.0))
    assert [each.predictor for each in scores[:4]] == [MODEL, "grant", "seats", "grant and seats"]


@pytest.mark.parametrize(("factor", "verdict"), [(0.5, "better"), (1.05, "no worse"), (1.2, "worse")])
def test_worse_than_the_best_benchmark_by_more_than_a_tenth_is_worse(factor, verdict):
    _, observed = counts()
    best = np.log(benchmarks(observed["participants"])["grant and seats"] / observed["participants"])
    median = observed["participants"] * np.exp(factor * best)
    model, *others = scored("participants", observed["participants"], median, 0.9, 1.0)
    assert model.ratio == pytest.approx(factor) and model.verdict == verdict
    assert model.ratio_low == pytest.approx(factor) and model.ratio_high == pytest.approx(factor)
    assert model.low < model.log_rmse < model.high and (model.coverage, model.width) == (0.9, 1.0)
    assert min(other.log_rmse for other in others) == pytest.approx(model.log_rmse / factor)


def test_held_out_counts_are_drawn_around_what_the_others_tell():
    """With the errors that the same rule makes over the others, wider where the model gives back part of them."""
    ids, observed = counts()
    place = ids.index("made")
    participants, members = drawn_counts(place, 4000, np.array([0.5, 1.0]))
    told = benchmarks(observed["participants"])["grant and seats"]
    errors = np.delete(np.log(observed["participants"] / told), place)
    logs = np.log(participants / told[place])
    assert logs.mean() == pytest.approx(0.0, abs=1e-12)
    assert logs.std() == pytest.approx(2.0 * np.sqrt((errors**2).mean()), rel=0.05)
    others = np.delete(np.log(observed["members"] / benchmarks(observed["members"])["grant"]), place)
    expected = np.mean(errors * others) / np.sqrt(np.mean(errors**2) * np.mean(others**2))
    assert np.corrcoef(logs, np.log(members))[0, 1] == pytest.approx(expected, abs=0.05)


def test_the_part_of_a_difference_that_comes_back_is_that_of_the_others():
    _, observed = counts()
    told = {"participants": "grant and seats", "members": "grant"}
    told = np.stack([benchmarks(observed[name])[rule] for name, rule in told.items()])
    seen = np.stack([observed[name] for name in QUANTITIES])
    half = told * (seen / told) ** np.array([[0.5], [0.8]])
    half[:, 3] *= 7.0  # what the model gives for the one held out does not matter
    assert given_back(3, half) == pytest.approx([0.5, 0.8])
    assert given_back(3, told**2 / seen) == pytest.approx([0.25, 0.25])  # bounded


def test_draws_are_taken_as_often_as_their_weight_asks_for():
    assert taken_by(np.array([1.0, 3.0, 0.0, 4.0]), 8).tolist() == [0, 1, 1, 1, 3, 3, 3, 3]
    assert len(taken_by(np.random.default_rng(1).random(100), 30)) == 30


def test_draws_that_live_on_the_own_figures_weigh_less_without_them():
    """Own-stronghold firms of Food speak for the first draw: without them the second weighs what it lost."""
    fitted = [each for each in TARGETS if each.role == "calibration" and each.id in ("own.food", "own.energy")]
    _, observed = counts()
    counted = np.concatenate([observed[name] for name in QUANTITIES])
    right = [each.observed for each in fitted]
    wrong = [value * (2.0 if each.id == "own.food" else 1.0) for each, value in zip(fitted, right, strict=True)]
    runs = np.array([[*right, *counted], [*wrong, *counted]])
    ratio = {name: weights_without(name, fitted, runs, {}) for name in ("food", "energy")}
    assert ratio["energy"] == pytest.approx([0.5, 0.5])
    miss = np.log(2.0) / target("own.food").tolerance
    assert ratio["food"][1] / ratio["food"][0] == pytest.approx(np.exp(0.5 * miss**2))


def test_the_sum_over_all_gives_way_to_that_over_the_others():
    """A draw that has the sum right thanks to the organisation held out loses to one that has the others right."""
    fitted = [target("participants.sum")]
    ids, observed = counts()
    place = ids.index("energy")
    right = np.concatenate([observed[name] for name in QUANTITIES])
    wrong = right.copy()
    wrong[: len(ids)] *= 1.1
    wrong[place] -= wrong[: len(ids)].sum() - observed["participants"].sum()
    runs = np.stack([np.append(observed["participants"].sum(), each) for each in (right, wrong)])
    weight = weights_without("energy", fitted, runs, {})
    assert weight[1] / weight[0] == pytest.approx(np.exp(-0.5 * (np.log(1.1) / 0.1) ** 2))


def test_a_rival_is_compared_with_its_like_and_with_chance():
    """What changes sides when the rules in force are fitted once more is chance; a rival has to change more."""
    places = {each.id: place for place, each in enumerate(TARGETS)}

    def off(*names):
        values = perfect()
        values[:, [places[name] for name in names]] *= 2.0
        return values

    variants = {
        REFITTED[0]: ("all", off("own.made")),
        REFITTED[1]: ("all", off("employees.food")),  # two away from the first, which is the most that chance does
        "like it": ("a", off("employees.made")),
        "more": ("a", off("own.made", "own.food", "employees.food", "employees.made")),
        "a group lost": ("a", off("own.made", "overlap.members", "overlap.participants", "own.food")),
        "a group lost by chance": ("a", off("own.made", "overlap.members")),
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
    one_off[:, places["own.made"]] *= 2.0
    off[:, [place for name, place in places.items() if name.startswith("own.")]] *= 2.0
    unknown = np.where(np.arange(len(TARGETS)) == places["spending.share"], np.nan, perfect())
    variants = {"same": ("a", perfect()), "one": ("a", one_off), "off": ("a", off), NULL: ("all", unknown)}
    rows = compared(TARGETS, perfect(), variants, {})
    words = {row.variant: row.verdict for row in rows}
    assert (words["same"], words["one"], words["off"]) == ("not told apart", "told apart", "rejected")
    spending = next(row for row in rows if row.variant == NULL and row.group == "spending")
    assert (spending.undefined, spending.coverage) == (1, 0.0)
