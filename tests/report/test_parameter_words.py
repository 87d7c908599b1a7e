"""Names of parameters and their values with units, in both languages."""

import re

import pytest

from klyngesim.evidence.catalogue import policy_levers
from klyngesim.experiments.ablation import variants
from klyngesim.report.labels import catalogue
from klyngesim.report.parameter_words import (
    MECHANISMS,
    NAMES,
    UNITS,
    allowed,
    described,
    factor,
    mechanism,
    name,
    translated,
    valued,
)
from klyngesim.results.indicators import INDICATORS
from klyngesim.scenario.levers import remarks
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import plain_unit

ID = re.compile(r"\b[a-z]{3,}\.[a-z_]{2,}|_")


@pytest.mark.parametrize(("file", "ids"), [(NAMES, list(registry())), (MECHANISMS, list(registry().switchable()))])
def test_every_parameter_and_every_switch_has_a_short_name_of_its_own_in_both_languages(file, ids):
    named = catalogue(file)
    assert list(named) == ids
    for lang in ("en", "da"):
        words = [both[lang] for both in named.values()]
        assert len(set(words)) == len(words)
        assert all(0 < len(text) < 110 and not ID.search(text) and text[-1] != "." for text in words)


def test_unknown_ids_stay():
    assert name("nonsense", "en") == mechanism("nonsense", "da") == factor("nonsense", "da") == "nonsense"


def test_no_factor_that_a_sweep_can_have_is_told_by_its_id():
    """A parameter that is varied, a mechanism that is switched off, a rival rule."""
    for id in (*registry(), *(one.id for one in variants())):
        for lang in ("en", "da"):
            told = factor(id, lang)
            assert told != id and not ID.search(told.partition(" = ")[0]), told
    assert factor("evaluation.money=open_call", "da") == "hvor fratagne bevillinger går hen = et åbent opslag"
    assert factor("rival.lock_in=0.1", "da").replace("\u00a0", " ").endswith(" = 10 pct. om året")


@pytest.mark.parametrize(
    ("id", "value", "en", "da"),
    [
        ("grant.horizon_years", 10.0, "10 years", "10 år"),
        ("guard.fee_rebate", 0.2, "20 %", "20 pct."),
        ("presence.university", 0.07, "7 %", "7 pct."),
        ("renewal.loss_ufs", 0.154, "15.4 %", "15,4 pct."),
        ("rival.lock_in", 0.05, "5 % a year", "5 pct. om året"),
        ("fees.level", 1.25, "1.25", "1,25"),
        ("grant.suspended", 1.0, "yes", "ja"),
        ("finance.failures", "off", "no", "nej"),
        ("evaluation.money", "open_call", "an open call (open_call)", "et åbent opslag (open_call)"),
        ("calls.pot_eu_mkr_year", 1790.0, "1,790 mio. kr. a year", "1.790 mio. kr. om året"),
    ],
)
def test_values_have_their_unit(id, value, en, da):
    assert [valued(id, value, lang).replace("\u00a0", " ") for lang in ("en", "da")] == [en, da]


def test_ranges_have_their_unit_once():
    found = [
        allowed(id, "da").replace("\u00a0", " ") for id in ("recruitment.regional_penalty", "evaluation.score_years")
    ]
    assert found == ["0 til 80 pct.", "1 til 5 år"]
    assert allowed("evaluation.money", "en") == "back to the state (returned), an open call (open_call)"


def test_units_that_are_translated_are_those_of_parameters_and_indicators():
    used = {plain_unit(one.unit) for one in registry().values()} | {one.unit for one in INDICATORS}
    assert set(catalogue(UNITS, "en")) == used
    assert translated("months of DEB spending", "da") == "måneders DEB-forbrug"


def test_what_lists_say_of_indicators_and_levers_of_the_report_is_translated_and_nothing_else():
    said = {one.definition for one in INDICATORS} | {one.what_changes for one in policy_levers()}
    said |= set(remarks().values())
    known = catalogue("descriptions.csv", "en")
    assert set(known) == said
    assert all(both["da"] and both["da"] != both["en"] for both in known.values())
    assert described("Ten-year grant horizon", "da") == "Tiårig tidshorisont for bevillingen"


def test_every_choice_has_words_of_its_own_in_both_languages():
    choices = {word for one in registry().values() for word in one.choices}
    words = catalogue("texts.csv")
    assert {f"choice_{word}" for word in choices} <= set(words)
    assert all(words[f"choice_{word}"]["en"] and words[f"choice_{word}"]["da"] for word in choices)
