"""Claims of the report against answers worked out by hand, and the list of them."""

import re
from fnmatch import fnmatchcase
from types import SimpleNamespace

import numpy as np
import pytest

from klyngesim.comparisons.claims import COLUMNS, claimed, claims, parse, reading
from klyngesim.comparisons.differences import paired
from klyngesim.comparisons.pairs import Runs
from klyngesim.results.indicators import INDICATORS, index
from klyngesim.results.windows import Window
from klyngesim.scenario.loading import load, shipped
from klyngesim.scenario.parameters import registry

HEAD = ",".join(COLUMNS)
NAME = re.compile(r"[a-z_]{3,}\.[a-z_]+\*?")
BASE = np.array([100.0, 101.0, 99.0, 100.0, 100.0])


@pytest.mark.parametrize(
    ("variant", "expected", "said"),
    [
        (1.10 * BASE, "up", "in line"),
        (1.10 * BASE, "down", "against"),
        (0.90 * BASE, "up", "against"),
        (0.90 * BASE, "down", "in line"),
        (1.01 * BASE, "up", "not shown"),  # sure, but smaller than the smallest effect of interest
        (BASE + np.array([40.0, -30.0, 40.0, -30.0, 40.0]), "up", "not shown"),  # large, but not sure
        (BASE, "down", "not shown"),
    ],
)
def test_a_claim_is_read_by_the_whole_interval_in_either_direction(variant, expected, said):
    assert reading(paired(BASE, variant), expected, 0.02) == said


def test_the_smallest_effect_is_a_share_of_the_level():
    """A rise by 3, nearly the same in every pair, is 3 % of 100."""
    found = paired(BASE, BASE + 3.0 + np.array([-0.001, 0.001, 0.0, 0.001, -0.001]))
    assert [reading(found, "up", share) for share in (0.029, 0.031)] == ["in line", "not shown"]
    assert reading(paired(BASE, BASE + 3.0), "up", 0.01) == "not shown"  # an interval without width says nothing


@pytest.mark.parametrize("expected", ["up", "down"])
def test_what_is_missing_shows_nothing(expected):
    gone, nothing = np.full(5, np.nan), np.zeros(5)
    assert reading(paired(gone, BASE), expected, 0.02) == "not shown"
    assert reading(paired(BASE[:1], 2.0 * BASE[:1]), expected, 0.02) == "not shown"  # one pair has no interval
    assert reading(paired(nothing, BASE), expected, 0.02) == "not shown"  # nor has zero a share


def runs_of(name, **factors):
    """Five pairs of baseline and variant in two windows; the variant's indicators are multiplied in the first one."""
    base = np.ones((5, 2, 14, len(INDICATORS))) * BASE[:, None, None, None]
    other = base.copy()
    for indicator, factor in factors.items():
        other[:, 0, :, index(indicator)] *= factor
    measured = [[SimpleNamespace(indicators=run) for run in values] for values in (base, other)]
    windows = (Window(2025, 2034), Window(2025, 2044))
    return Runs((load("baseline"), load(name)), windows, lots=[None] * 5, measured=measured)


def test_rows_hold_the_claims_on_the_levers_of_a_variant_against_the_first_window():
    runs = runs_of("r4-private-money", external_private_mkr=1.1, small_firm_share=1.1)
    rows = {(row.lever, row.indicator): row for row in claimed(runs)}
    assert set(rows) == {
        ("L11", "external_private_mkr"),
        ("L11", "small_firm_share"),
        ("L20", "external_private_mkr"),
    }
    money, small = rows["L11", "external_private_mkr"], rows["L11", "small_firm_share"]
    assert (money.scenario, money.expected, money.reading) == ("r4-private-money", "up", "in line")
    assert (small.expected, small.reading) == ("down", "against")
    assert rows["L20", "external_private_mkr"].lines == "3378-3383;3409-3418"
    found = runs.paired(1, 0, "external_private_mkr")
    assert money.relative == pytest.approx(0.1)
    assert (money.low, money.high) == pytest.approx((found.low / 100.0, found.high / 100.0))
    assert money.low < 0.1 < money.high


def test_a_variant_without_claims_on_its_levers_has_no_rows():
    assert list(claimed(runs_of("three-level", participants_unique_year=2.0))) == []


def test_all_faults_of_the_file_are_told_at_once():
    rows = ["L11,members,up,a,b", "L99,members,up,a,b", "L11,membres,up,a,b", "L12,members,more,a,b"]
    rows += ["L13,contacts,up,a,b", "L11,members,down,a,b"]  # contacts has no better and worse: it is not compared
    with pytest.raises(ValueError) as told:
        parse("\n".join([HEAD, *rows]))
    assert str(told.value).splitlines() == [
        "claims.csv:3: L99: no policy lever of the report",
        "claims.csv:4: membres: no indicator of comparison.csv",
        "claims.csv:5: more; allowed: up, down",
        "claims.csv:6: contacts: no indicator of comparison.csv",
        "claims.csv:7: L11 and members stand twice",
    ]
    with pytest.raises(ValueError, match=r"claims\.csv:1: columns"):
        parse("lever,indicator\nL11,members")


def test_a_file_without_faults_is_read_as_it_stands():
    (one,) = parse(f'{HEAD}\nL11,members,down,"a, b",c')
    assert (one.lever, one.indicator, one.expected, one.claim, one.why) == ("L11", "members", "down", "a, b", "c")


def test_every_claim_is_on_a_lever_that_a_shipped_scenario_takes_up():
    taken = {source for name in shipped() for source in load(name).source}
    assert len(claims()) > 15
    assert not {claim.lever for claim in claims()} - taken


def test_every_why_names_parameters_that_exist_and_are_of_the_grade_that_it_says():
    for claim in claims():
        named = NAME.findall(claim.why)
        assert named, claim
        for name in named:
            assert any(fnmatchcase(key, name) for key in registry()), name
        for said in re.findall(r"\(([^()]*), assumed\)", claim.why):
            names = NAME.findall(said.split("; ")[-1])
            grades = {one.grade for key, one in registry().items() if any(fnmatchcase(key, name) for name in names)}
            assert grades == {"assumed"}, (said, grades)
        assert re.fullmatch(r"[A-Z].*\.", claim.claim) and re.fullmatch(r"[A-Z].*\.", claim.why)


def test_a_claim_that_no_rule_carries_is_not_modelled_whatever_the_difference():
    rows = {(row.lever, row.indicator): row for row in claimed(runs_of("r1-international", external_eu_mkr=1.1))}
    money = rows["L04", "external_eu_mkr"]
    assert money.reading == "not modelled" and money.why.startswith("Not modelled: ")
    assert np.isnan([money.relative, money.low, money.high]).all()
