"""A scenario asked for its values: which value holds in which quarter for whom.

What a scenario of files means besides (which layer says what) is in `holding`; this knows the outcome alone, so that
two scenarios of a comparison can be asked the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from klyngesim.scenario.parameters import Registry
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.schema import Scenario

Notice = tuple[int, int, Scalar]
"""A value with the first quarter in which it holds, and that in which it is announced."""


@dataclass(frozen=True)
class Resolved:
    """A scenario and the registry of its parameters."""

    scenario: Scenario
    registry: Registry

    def everybody(self, key: str) -> tuple[str | None, ...]:
        """The organisations that may have a value of their own; (None,) for a parameter that all have in common."""
        return self.registry.organisations if self.registry[key].by_organisation else (None,)

    def course(self, key: str, organisation: str | None) -> list[tuple[int, Scalar]]:
        """The values of a parameter for an organisation, each with its first quarter; the first stands from 0 on."""
        return [(start, value) for start, _, value in self._said(key, organisation)]

    def value(self, key: str, quarter: int, organisation: str | None) -> Scalar:
        """The value of a parameter for an organisation in a quarter."""
        return [value for start, value in self.course(key, organisation) if start <= quarter][-1]

    def moves(self, key: str, organisation: str | None) -> list[Notice]:
        """The course without entries that set what holds already: nobody can tell a run with them from one without.

        An entry that is announced before the value that it repeats stays, as it tells of that value earlier.
        """
        found: list[Notice] = []
        for start, announced, value in self._said(key, organisation):
            if found and found[-1][0] == start and announced <= found[-1][1]:
                found.pop()  # of one quarter the last word counts
            if not found or value != found[-1][2] or announced < found[-1][1]:
                found.append((start, announced, value))
        return found

    def _said(self, key: str, organisation: str | None) -> list[Notice]:
        """Everything that the scenario says of a parameter, in the order in which it is applied."""
        own = self.scenario.organisation_values.get(organisation or "", {})
        usual = own[key] if key in own else self._common(key)
        told = (one for one in self.scenario.timeline if key in one.values and one.cluster in (None, organisation))
        return [(0, 0, usual), *((one.start, one.announced, one.values[key]) for one in told)]

    def _common(self, key: str) -> Scalar:
        """The programme's value; of a table, that of the first organisation."""
        if key in self.scenario.values:
            return self.scenario.values[key]
        return self.scenario.organisation_values[self.registry.organisations[0]][key]
