"""What the registry asks of the evidence: numbers behind references, tables by organisation, and known ids.

The rest of the package depends on the small protocol `Evidence`, so that programs and tests can supply their own
numbers. `PackagedEvidence` answers from klyngesim.evidence, which is imported only when something is asked.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Protocol

_NUMBERED = re.compile(r"\s*([A-Za-z#]?)\s*([0-9]{1,4})\s*")
_PRINTED = {"Table": "Tabel", "Figure": "Figur", "Box": "Boks"}


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
        """Whether an id exists; false for other text.

        Ids are those of recommendations (#), facts (F), evidence items (E), levers (L), mechanisms (M), ambiguities (A)
        and of printed tables, figures and boxes (``Table 7``).
        """


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
        """Whether an id of the report or of the sources exists."""
        return identifier in _identifiers()


@cache
def _identifiers() -> frozenset[str]:
    """Everything of the report and of the sources that can be cited."""
    from klyngesim.evidence import catalogue
    from klyngesim.evidence.tables import choices

    kinds = (catalogue.facts(), catalogue.sources(), catalogue.policy_levers(), catalogue.mechanisms(), choices())
    numbered = {one.id for kind in kinds for one in kind}
    recommendations = {one.reference for one in catalogue.policy_levers() if one.reference.startswith("#")}
    danish = {fact.ref for fact in catalogue.facts() if fact.ref.startswith(tuple(_PRINTED.values()))}
    english = {ref.replace(word, name) for ref in danish for name, word in _PRINTED.items() if ref.startswith(word)}
    return frozenset(numbered | recommendations | danish | english)


def meant_id(text: str, evidence: Evidence) -> str | None:
    """The id that a text probably stands for (``L8`` for L08, ``3`` for #3), or None."""
    match = _NUMBERED.fullmatch(text)
    if match is None:
        return None
    written = ((match[1] or "#").upper() + match[2].lstrip("0").zfill(width) for width in (1, 2, 3))
    return next((name for name in written if evidence.known(name)), None)
