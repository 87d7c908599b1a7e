"""How long two scenarios are the same."""

from klyngesim.scenario.schema import Lever, Scenario


def parting(one: Scenario, other: Scenario) -> int:
    """First quarter in which runs of two scenarios with the same seed may differ.

    Until then nobody in the model can tell which of the two it lives in: levers that differ are neither in force nor
    announced.

    Returns:
        Quarters from 2021Q1; 0 where the scenarios differ from the beginning, the quarter after the last one where
        they never differ.
    """
    if _facts(one) != _facts(other):
        return 0
    announcements = {lever.announced for scenario in (one, other) for lever in scenario.timeline}
    differing = (quarter for quarter in sorted(announcements) if _known(one, quarter) != _known(other, quarter))
    return min(max(0, next(differing, one.end + 1)), one.end + 1)


def _facts(scenario: Scenario) -> tuple[object, ...]:
    """What holds from the first quarter on and shapes a run."""
    return (scenario.start, scenario.end, scenario.scale, scenario.values, scenario.organisation_values)


def _known(scenario: Scenario, quarter: int) -> list[Lever]:
    """Levers announced by a quarter, those in force among them, in the order in which they are applied."""
    return [lever for lever in scenario.timeline if lever.announced <= quarter]
