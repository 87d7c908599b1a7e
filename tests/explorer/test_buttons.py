"""Where a preset moves the sliders, and what it changes besides: its whole course against that of the sliders."""

import pytest

from klyngesim.explorer.buttons import button
from klyngesim.explorer.plan import read_plan
from klyngesim.scenario.loading import read_template
from tests.explorer.pages import SMALL

ENTRY = "{from: 2025Q1, announced: 2024Q4, set: {grant.budget_factor: 0.75}}"
CASES = {
    "all of it is on a slider": (f"timeline: [{ENTRY}]", 0.75, (), ()),
    "again later": (
        f"timeline: [{ENTRY}, {{from: 2026Q1, announced: 2025Q4, set: {{grant.budget_factor: 0.6}}}}]",
        0.75,
        (),
        ("grant.budget_factor",),
    ),
    "told earlier": (
        "timeline: [{from: 2025Q1, announced: 2023Q1, set: {grant.budget_factor: 0.75}}]",
        0.75,
        (),
        ("grant.budget_factor",),
    ),
    "beyond the range": (
        "timeline: [{from: 2025Q1, announced: 2024Q4, set: {grant.budget_factor: 0.1}}]",
        None,
        (),
        ("grant.budget_factor",),
    ),
    "an organisation's own": (
        f"clusters: {{made: {{sponsorship.level: 1.5}}}}\ntimeline: [{ENTRY}]",
        0.75,
        ("sponsorship.level",),
        (),
    ),
    "an organisation alone": (
        "timeline: [{from: 2025Q1, announced: 2024Q4, cluster: made, set: {fees.level: 1.5}}]",
        None,
        (),
        ("fees.level",),
    ),
    "what has no slider": (
        f"timeline: [{ENTRY}, {{from: 2025Q1, announced: 2024Q4, set: {{depth.shift: 0.2}}}}]",
        0.75,
        ("depth.shift",),
        (),
    ),
    "an assumption that has a slider": ("parameters: {attention.strength: 0.3}", None, (), ("attention.strength",)),
}


def made(folder, more, extends="baseline", base=""):
    """The button of a preset with some entries, beside a scenario with entries of its own."""
    (folder / "base.yaml").write_text(f"name: base\ntitle: {{en: B}}\nextends: baseline\n{base}\n", encoding="utf-8")
    (folder / "one.yaml").write_text(f"name: one\ntitle: {{en: One}}\nextends: {extends}\n{more}\n", encoding="utf-8")
    path = folder / "sweep.yaml"
    text = SMALL.replace("scenario: baseline", "scenario: base.yaml").replace("[r3-ten-years,", "[one.yaml,")
    path.write_text(text, encoding="utf-8")
    return read_plan(path).buttons[0]


@pytest.mark.parametrize(("more", "value", "without", "otherwise"), CASES.values(), ids=CASES)
def test_what_no_slider_says_is_told(tmp_path, more, value, without, otherwise):
    found = made(tmp_path, more)
    assert found.levers.get("grant.budget_factor") == value
    assert (found.without, found.otherwise) == (without, otherwise)


def test_what_the_scenario_has_too_is_no_change(tmp_path):
    same = "timeline: [{from: 2023Q1, announced: 2022Q4, set: {depth.shift: 0.2}}]"
    assert made(tmp_path, same, base=same).without == ()
    assert made(tmp_path, "", base=same).without == ("depth.shift",)
    assert made(tmp_path, f"timeline: [{ENTRY}]", extends="base.yaml", base=same).without == ()


def test_shipped_presets_say_what_sliders_leave_out():
    today = read_template("baseline")
    assert button(read_template("grant-minus-25"), today, ()).without == ("grant.budget_factor",)
