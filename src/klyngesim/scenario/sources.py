"""What the registry asks of the evidence: numbers behind references, tables by organisation, and known ids.

The rest of the package depends on the small protocol `Evidence`, so that programs and tests can supply their own
numbers. `PackagedEvidence` answers from klyngesim.evidence, which is imported only when something is asked.
"""

import re
from collections.abc import Mapping
from typing import Protocol

_IDENTIFIER = re.compile(r"([EFLM])[0-9]{1,4}")


class Evidence(Protocol):
    """Answers about the report and the sources outside it."""

    def organisations(self) -> tuple[str, ...]:
        """Ids of the cluster organisations (*klyngeorganisationer*) in model order."""

    def organisation_names(self) -> Mapping[str, str]:
        """Printed names of the organisations and of what they serve, with the id."""

    def number(self, expression: str) -> float:
        """The value of a reference such as ``F312*0.01``; raises ValueError when it has none."""

    def table(self, name: str) -> Mapping[str, float]:
        """One value per organisation of a derived table; raises ValueError for an unknown name."""

    def known(self, identifier: str) -> bool:
        """Whether a fact (F), evidence item (E), lever (L) or mechanism (M) id exists; true for other text."""


class PackagedEvidence:
    """The evidence shipped with the package."""

    def organisations(self) -> tuple[str, ...]:
        """Ids of the organisations in the row order of the report's Table 2."""
        from klyngesim.evidence.organisations import organisation_ids

        return organisation_ids()

    def organisation_names(self) -> Mapping[str, str]:
        """Names and strongholds in both languages, as the report and the tables of a run print them."""
        from klyngesim.evidence.organisations import organisations

        return {
            name: one.id
            for one in organisations()
            for name in (one.label, one.full_name, one.stronghold_da, one.stronghold_en)
        }

    def number(self, expression: str) -> float:
        """The value of a reference expression; EvidenceError (a ValueError) when it has none."""
        from klyngesim.evidence.references import resolve

        return resolve(expression)

    def table(self, name: str) -> Mapping[str, float]:
        """One value per organisation; ValueError for an unknown table."""
        from klyngesim.evidence.derived import TABLES

        if name not in TABLES:
            raise ValueError(f"unknown table {name!r}; known: {', '.join(TABLES)}")
        return TABLES[name]()

    def known(self, identifier: str) -> bool:
        """Whether an id of the report or of the sources exists; text of another form passes."""
        match = _IDENTIFIER.fullmatch(identifier)
        if match is None:
            return True
        from klyngesim.evidence import catalogue

        asked = {
            "E": catalogue.source,
            "F": catalogue.fact,
            "L": catalogue.policy_lever,
            "M": catalogue.mechanism,
        }[match[1]]
        try:
            asked(identifier)
        except ValueError:
            return False
        return True
