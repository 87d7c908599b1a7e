"""What the pages say about limits is what the code has: free levers, believed losses, members, what failing means."""

import re
from fnmatch import fnmatchcase

import pytest

from klyngesim.results.indicators import INDICATORS
from klyngesim.scenario.parameters import registry
from tests.docs.pages import read

PAGES = ("docs/limits.md", "docs/odd.md")
FREE = (
    "project.commitment_rule", "project.open_invitation", "institutions.ease_*", "institutions.capacity_*",
    "presence.*", "recruitment.regional_penalty",
)  # fmt: skip
PRICED = {
    "contact_staff.fte": "contact_staff.cost_mkr_year",
    "researcher.incentive": "researcher.incentive_cost_mkr_year",
    "local.partners": "local.cost_mkr_year",
    "phd.bridge": "phd.cost_mkr_year",
    "institutions.outreach": "institutions.outreach_cost_mkr_year",
    "competence.level": "competence.cost_mkr_year",
    "referral.share": "referral.cost_mkr_year",
}


def limits(page):
    """The limits that a page states, as one line."""
    text = read(page)
    start = text.index("## Limits") if page == "docs/limits.md" else text.index("**Limits**")
    return " ".join(text[start:].split("\n## ")[0].split())


@pytest.mark.parametrize("page", PAGES)
def test_the_free_levers_are_named_and_can_be_set(page):
    for pattern in FREE:
        assert f"`{pattern}`" in limits(page)
        matching = [key for key in registry() if fnmatchcase(key, pattern)]
        assert matching
        assert all(registry()[key].dated for key in matching)


def test_every_price_of_a_measure_has_its_lever_and_no_lever_with_a_price_counts_as_free():
    prices = {key for key in registry() if key.endswith("cost_mkr_year")}
    assert prices == set(PRICED.values())
    assert [lever for lever in PRICED if any(fnmatchcase(lever, pattern) for pattern in FREE)] == []


@pytest.mark.parametrize("page", PAGES)
def test_the_believed_loss_is_that_of_the_registry(page):
    believed = round(100 * float(registry()["renewal.loss_ufs"].default_values()))
    assert f"{believed} %" in limits(page)
    assert float(registry()["renewal.organisations_lost"].default_values()) == 0.0


@pytest.mark.parametrize("page", PAGES)
def test_mechanisms_named_as_left_out_are_left_out(page):
    text = " ".join(read(page).split())
    for mechanism in ("M022", "M046"):
        assert mechanism in text
        assert registry().mechanisms[mechanism] == "not modelled"


def test_indicators_say_what_they_leave_out():
    words = {indicator.id: indicator.definition for indicator in INDICATORS}
    assert "institutions that are members are left out" in words["members"]
    assert "lack of money" in words["organisations_failed"]
    assert words["projects_withdrawn"].startswith("Firms that left")
    assert "dormant" in words["contacts"]


def test_the_changelog_marks_what_alters_results():
    text = read("CHANGELOG.md")
    assert "\n## Results change\n" in text
    assert "**changes results**" in text
    assert re.search(r"^## 0\.1\.0", text, re.MULTILINE)
