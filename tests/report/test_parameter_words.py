"""Names of parameters and their values with units, in both languages."""

import pytest

from klyngesim.comparisons.contested import contested
from klyngesim.report.labels import catalogue
from klyngesim.report.parameter_words import NAMES, UNITS, allowed, name, unit, valued
from klyngesim.results.indicators import INDICATORS
from klyngesim.scenario.parameters import registry


def test_every_lever_and_every_contested_strength_has_a_name_of_its_own():
    named = catalogue(NAMES)
    wanted = {one.id for one in registry().values() if one.dated} | {entry.parameter for entry in contested()}
    assert wanted <= set(named) <= set(registry())
    for lang in ("en", "da"):
        words = [both[lang] for both in named.values()]
        assert all(words) and len(set(words)) == len(words)


def test_other_parameters_are_told_by_their_note_and_unknown_ids_stay():
    assert name("external.award_skew", "da") == registry()["external.award_skew"].note
    assert name("nonsense", "en") == "nonsense"


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
    used = {unit(one.id, "en") for one in registry().values()} | {one.unit for one in INDICATORS}
    assert set(catalogue(UNITS, "en")) <= used
    untold = {one.unit for one in INDICATORS if one.unit not in catalogue(UNITS, "en")}
    assert not untold, untold


def test_every_choice_of_a_lever_has_words_of_its_own_in_both_languages():
    choices = {word for one in registry().values() if one.dated for word in one.choices}
    words = catalogue("texts.csv")
    assert {f"choice_{word}" for word in choices} <= set(words)
    assert all(words[f"choice_{word}"]["en"] and words[f"choice_{word}"]["da"] for word in choices)
