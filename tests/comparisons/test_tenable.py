"""The second band: strengths drawn over their ranges, shares that can be counted, coverage at new draws."""

import numpy as np
import pytest

from klyngesim.comparisons.draws import Lot, lots, strengths
from klyngesim.comparisons.pairs import Runs, opened, run_lots
from klyngesim.comparisons.tenable import (
    NOTHING,
    Tenable,
    open_strengths,
    predicted,
    runs_needed,
    spread,
    tenable,
)
from klyngesim.comparisons.verdicts import differences
from klyngesim.results.comparison import outlook
from klyngesim.scenario.parameters import registry
from tests.comparisons.made_up import made_up

SMALL = ["population.scale=0.01", "period.end=2026Q4"]
FEES = {"membership.joining_elasticity", "membership.renewal_elasticity"}


def test_every_part_of_a_range_has_one_draw_whatever_else_is_drawn():
    elasticity = registry()["membership.joining_elasticity"]
    values = np.array(strengths(elasticity, 20, 3))
    parts = np.floor((values - elasticity.low) / (elasticity.high - elasticity.low) * 20).astype(int)
    assert sorted(parts) == list(range(20))
    assert strengths(elasticity, 20, 3) == values.tolist() != strengths(elasticity, 20, 4)
    other = strengths(registry()["membership.renewal_elasticity"], 20, 3)
    assert abs(np.corrcoef(values, other)[0, 1]) < 0.6
    steps = strengths(registry()["evaluation.score_years"], 50, 1)
    assert sorted({*steps}) == [1.0, 2.0, 3.0, 4.0, 5.0] and all(steps.count(one) == 10 for one in {*steps})


@pytest.fixture(scope="module")
def templates():
    return opened(["baseline", "r4-private-money", "grant-minus-25"], SMALL)


def test_only_what_the_user_has_not_set_is_drawn_and_both_runs_of_a_pair_have_it(templates):
    names = {one.parameter for one in open_strengths(templates[1], templates[0])}
    assert names > FEES
    held = opened(["baseline", "r4-private-money"], [*SMALL, "membership.joining_elasticity=-0.5"])
    assert "membership.joining_elasticity" not in {one.parameter for one in open_strengths(held[1], held[0])}
    assert runs_needed(templates, 5) == 20
    told = []
    found = dict(tenable(templates, 5, on_progress=lambda one: told.append((one.done, one.total))))
    assert set(found) == {"r4-private-money", "grant-minus-25"} and told[-1] == (20, 20)
    fees = found["r4-private-money"]
    assert set(fees.parameters) == names and "membership.joining_elasticity" not in found["grant-minus-25"].parameters
    usual = list(lots("posterior", 5, templates[0].scenario.seed))
    for lot, mine in zip(fees.runs.lots, usual, strict=True):
        assert (lot.seed, lot.draw) == (mine.seed, mine.draw)
        assert {key: value for key, value in lot.values.items() if key not in names} == mine.values
        assert all(registry()[name].validate(lot.values[name]) is None for name in names)
    assert [scenario.name for scenario in fees.runs.scenarios] == ["baseline", "r4-private-money"]


def drawn_with(difference, by_name):
    """Draws of one variant with a made-up difference in members, and the strengths behind them."""
    runs = made_up(
        {"members": [100.0] * len(difference)}, {"variant": {"members": [100.0 + one for one in difference]}}
    )
    columns = zip(*by_name.values(), strict=True)
    lots_drawn = [Lot(place, 0, dict(zip(by_name, values, strict=True))) for place, values in enumerate(columns)]
    return Tenable(Runs(runs.scenarios, runs.windows, lots_drawn, runs.measured), tuple(by_name))


def test_shares_and_the_deciding_strengths_are_those_of_the_draws():
    steps = np.arange(40.0)
    luck = np.random.default_rng(1).permutation(40) * 1.0
    found = drawn_with(
        steps / 4.0 - 4.0, {"trust.gain": 100.0 - steps, "finance.thrift": luck, "broker.headroom": steps % 2}
    )
    seen = spread(found, 0, "members", 1, 0.02)
    # Differences -4 to 5.75 in quarters: 15 above 2, 8 below -2.
    assert (seen.better, seen.worse, seen.neither) == (15 / 40, 8 / 40, pytest.approx(17 / 40))
    assert seen.deciding == (("trust.gain", pytest.approx(-1.0)),) and seen.n == 40
    turned = spread(found, 0, "members", -1, 0.02)
    assert (turned.better, turned.worse) == (seen.worse, seen.better)
    assert seen.low == pytest.approx(-4.0 + (0.05 * 41 - 1) / 4) and seen.high == pytest.approx(
        -4.0 + (0.95 * 41 - 1) / 4
    )
    assert spread(None, 0, "members", 1, 0.02) is NOTHING


def test_a_band_holds_nine_further_values_of_ten_whatever_the_number_of_draws():
    chance = np.random.default_rng(5)
    for n in (20, 100):
        bands = predicted(chance.normal(size=(n, 4000)))
        fresh = chance.normal(size=(4000,))
        assert np.mean((bands[0] <= fresh) & (fresh <= bands[1])) == pytest.approx(0.90, abs=0.02)


@pytest.mark.parametrize(
    ("verdict", "better", "worse", "word"),
    [
        ("better", 0.9, 0.0, "holds"),
        ("worse", 0.0, 0.75, "holds"),
        ("better", 0.85, 0.1, "turns"),
        ("worse", 0.4, 0.3, "turns"),
        ("better", 0.5, 0.05, "weakens"),
        ("no difference", 0.1, 0.25, "open"),
        ("uncertain", 0.2, 0.2, ""),
        ("", 1.0, 0.0, ""),
    ],
)
def test_the_outlook_is_by_the_shares_of_the_draws(verdict, better, worse, word):
    assert outlook(verdict, better, worse) == word


def test_the_table_of_differences_has_both_bands():
    found = drawn_with(np.arange(40.0) / 4.0 - 4.0, {"trust.gain": np.arange(40.0)})
    runs = made_up({}, {"variant": {"members": [106.0, 105.0, 107.0, 106.5, 105.5]}})
    (row,) = (one for one in differences(runs, {"variant": found}) if one.indicator == "members")
    assert (row.verdict, row.share_better, row.share_worse) == ("better", 1.0, 0.0)
    assert (row.tenable_n, row.tenable_better, row.outlook) == (40, 15 / 40, "turns")
    assert (row.decided_by, row.decided_by_next) == ("trust.gain", "")
    (row,) = (one for one in differences(runs) if one.indicator == "members")
    assert row.tenable_n == 0 and np.isnan(row.tenable_low) and row.outlook == ""


@pytest.mark.slow
def test_nine_of_ten_differences_at_new_draws_lie_inside_the_band():
    """By brute force in a small world: the assumptions drawn anew, each by itself, with other seeds and draws."""
    templates = opened(["baseline", "r4-private-money"], ["population.scale=0.02", "period.end=2026Q4"])
    ((_, found),) = tenable(templates, 100)
    chance = np.random.default_rng(11)
    usual = list(lots("posterior", 100, 5001))
    fresh = [
        Lot(lot.seed, lot.draw, {**lot.values, **{
            name: float(chance.uniform(registry()[name].low, registry()[name].high)) for name in found.parameters
        }})
        for lot in usual
    ]  # fmt: skip
    runs = run_lots(list(templates), fresh)
    inside = []
    for name in ("members", "participants_unique_year", "external_private_mkr", "fees_mkr", "social_capital"):
        base, other = runs.values(0, name)
        band = spread(found, 0, name, 1, 0.02)
        inside.append(np.mean((band.low <= other - base) & (other - base <= band.high)))
    assert 0.85 <= np.mean(inside) <= 0.95, inside
