"""The list of indicators."""

import re
import subprocess
import sys

import pytest

from klyngesim.results.indicators import HEADLINES, IDS, INDICATORS, index, indicator

CONTRACT = [
    "activities",
    "activities_dissemination",
    "activities_internationalisation",
    "activities_application",
    "activities_project",
    "participations_firms",
    "participations_institutions",
    "participants_unique_year",
    "participants_unique_cumulative",
    "new_participants",
    "one_year_only_share",
    "members",
    "members_three_years",
    "members_joined",
    "members_left",
    "startups_participating_year",
    "small_firm_share",
    "medium_firm_share",
    "large_firm_share",
    "outside_stronghold_share",
    "foreign_firm_share",
    "university_presence_share",
    "gts_presence_share",
    "university_college_presence_share",
    "ties_firm_institution",
    "applications_submitted",
    "applications_won",
    "projects_pilot_started",
    "projects_external_started",
    "projects_running",
    "innovations",
    "grant_spent_mkr",
    "grant_balance_mkr",
    "fees_mkr",
    "sponsorship_mkr",
    "external_public_mkr",
    "external_eu_mkr",
    "external_private_mkr",
    "external_other_mkr",
    "inkind_mkr",
    "private_cofinancing_ratio_cash",
    "private_cofinancing_ratio_ufs",
    "cash_mkr",
    "staff_fte",
    "staff_left_fte",
    "admin_share",
    "social_capital",
    "organisations_active",
]


def test_what_other_programs_read_is_there_and_comes_first():
    assert list(IDS[: len(CONTRACT)]) == CONTRACT


def test_ids_are_unique_and_found():
    assert len(set(IDS)) == len(IDS)
    assert all(indicator(name).id == name and index(name) == place for place, name in enumerate(IDS))
    with pytest.raises(KeyError):
        index("no_such_indicator")


@pytest.mark.parametrize("item", INDICATORS, ids=IDS)
def test_every_indicator_is_described(item):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", item.id)
    assert item.unit and item.source
    assert item.label_en != item.label_da
    assert item.definition.endswith(".") and "\n" not in item.definition
    assert (item.unit == "mio. kr.") == item.id.endswith("_mkr")
    assert item.label("en") == item.label_en and item.label("da") == item.label_da


def test_yearly_indicators_say_so():
    assert {item.id for item in INDICATORS if item.kind == "yearly"} >= {name for name in IDS if name.endswith("_year")}


def test_headlines_exist():
    assert set(HEADLINES) <= set(IDS)


def test_listing_them_needs_no_numerical_library():
    code = "import klyngesim.results.indicators, sys; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
