"""Strengths that no datum informs stand at the middle of their ranges, or say why they do not.

Central runs and runs over what is assumed then answer the same question.
"""

import pytest

from klyngesim.comparisons.contested import contested
from klyngesim.scenario.parameters import registry

NEAR = 0.1
"""Largest distance from the middle, in widths of the range, that rounding a default may leave."""
PRICES = ("mio. kr.", "hours", "quarters", "years")
"""Units of prices and times: best guesses over wide ranges, no strengths of a response."""
LEVELS = {
    "application.grounding", "application.tie_weight", "firms.exporter_bonus", "match.trust_weight",
    "membership.renewal_trust", "pilot.grounds_application", "project.withdraw_quarter", "readiness.gain",
    "recruitment.regional_penalty", "retention.care_share",
}  # fmt: skip
"""They act in 2021-2023, whose levels are fitted or chosen with them."""
RIVALS = {"rival.complacency", "rival.front_loading", "rival.lock_in"}
"""Rival rules are off in the central run and asked beside it."""


def strengths():
    """Assumed numbers with a range that stand behind an answer, or that a mechanism is switched off by."""
    asked = {item.parameter for item in contested()}
    return [
        parameter
        for parameter in registry().values()
        if parameter.grade == "assumed"
        and parameter.distribution == "uniform"
        and (parameter.id in asked or parameter.neutral == 0.0)
        and not parameter.unit.startswith(PRICES)
    ]


def off(parameter):
    """Distance of the default from the middle of the range, in widths of the range."""
    middle = (parameter.low + parameter.high) / 2.0
    return abs(float(registry().default(parameter.id)) - middle) / (parameter.high - parameter.low)


@pytest.mark.parametrize("parameter", strengths(), ids=lambda parameter: parameter.id)
def test_a_default_is_the_middle_or_says_why_not(parameter):
    says = "not the middle of the range: " in parameter.note
    assert says == (off(parameter) > NEAR)
    assert says == (parameter.id in LEVELS | RIVALS)


def test_there_are_such_strengths():
    found = {parameter.id for parameter in strengths()}
    assert found > LEVELS | RIVALS
    assert {"staff.exit_response", "evaluation.incentive", "evaluation.loss", "partner.support_response"} < found
