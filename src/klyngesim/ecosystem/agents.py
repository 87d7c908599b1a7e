"""The agents of the model, for whoever looks.

Firms are views on rows of arrays (`firm_agents`, `firmset`); everybody else is a registered Mesa agent whose
properties read the arrays. Nothing here costs a run that nobody looks at, and looking changes no result.
"""

from __future__ import annotations

from typing import Any, TypeVar

from klyngesim.ecosystem.compat import Actor, Shell
from klyngesim.ecosystem.firm_agents import SME, Firm, ForeignFirm, LargeFirm, view
from klyngesim.ecosystem.firm_records import EpisodeRecord, RelationRecord, TieRecord
from klyngesim.ecosystem.firm_traits import FIRST_ID, TraitColumns
from klyngesim.ecosystem.firmset import FirmSet
from klyngesim.ecosystem.institution_agents import (
    INSTITUTION_CLASSES,
    ArtSchool,
    BusinessAcademy,
    ForeignInstitution,
    GTSInstitute,
    KnowledgeInstitution,
    University,
    UniversityCollege,
)
from klyngesim.ecosystem.ledger import FUNDERS
from klyngesim.ecosystem.organisation_agents import ClusterOrganisation, StaffMember
from klyngesim.ecosystem.programme_agents import Funder, GrantPeriod, Initiative, ProgrammeAuthority, SupportSystem
from klyngesim.ecosystem.state import World

__all__ = [
    "SME",
    "ArtSchool",
    "BusinessAcademy",
    "ClusterOrganisation",
    "EpisodeRecord",
    "Firm",
    "FirmSet",
    "ForeignFirm",
    "ForeignInstitution",
    "Funder",
    "GTSInstitute",
    "GrantPeriod",
    "Initiative",
    "KnowledgeInstitution",
    "LargeFirm",
    "Populated",
    "ProgrammeAuthority",
    "RelationRecord",
    "StaffMember",
    "SupportSystem",
    "TieRecord",
    "University",
    "UniversityCollege",
]

Found = TypeVar("Found", bound=Actor)

REGISTERED = (ProgrammeAuthority, Funder, ClusterOrganisation, *INSTITUTION_CLASSES, SupportSystem, Initiative)
"""Classes of the registered agents, in the order of their unique ids."""


class Populated(Shell):
    """The agents' side of the model: who there is and how to find them.

    The registered agents (about 100) are made at the first look, in a fixed order. `world` is the state that all
    agents read.
    """

    world: World
    _traits: TraitColumns | None = None
    _named: dict[str, Actor] | None = None

    @property
    def period(self) -> int:
        """The quarter that the next step simulates, counted from 2021Q1 = 0; agents show the state at its start."""
        return self.world.period

    @property
    def traits(self) -> TraitColumns:
        """Traits of firms by name and row."""
        if self._traits is None:
            self._traits = TraitColumns(self.world)
        return self._traits

    @property
    def agents(self) -> Any:
        """The registered agents: everybody but the firms, which are in `firms` and `agents_by_type`."""
        self._populate()
        return super().agents

    @property
    def agent_types(self) -> list[type]:
        """Classes of all agents, firms included."""
        return list(self.agents_by_type)

    @property
    def agents_by_type(self) -> dict[type, Any]:
        """An agent set for every class; those of `SME`, `LargeFirm` and `ForeignFirm` hold the firms alive now."""
        registered, firms = self.agents, self.firms
        present = super().agents_by_type
        sets = {kind: present.get(kind, None) for kind in REGISTERED}
        found = {kind: registered.select(agent_type=kind) if one is None else one for kind, one in sets.items()}
        return {**{kind: firms.select(agent_type=kind) for kind in (SME, LargeFirm, ForeignFirm)}, **found}

    @property
    def firms(self) -> FirmSet:
        """All firms alive now, foreign ones included, in the order of their rows."""
        return FirmSet(self, self.traits.alive_rows())

    def firm(self, unique_id: int) -> Firm:
        """The firm with a unique id, alive or not; raises KeyError when no such firm exists in this run."""
        if unique_id < FIRST_ID:
            raise KeyError(f"firms have ids from {FIRST_ID} on; {unique_id} may be one of model.agents")
        return view(self, self.world.register.row_of_id(int(unique_id) - FIRST_ID))

    def organisation(self, name: str) -> ClusterOrganisation:
        """The cluster organisation with an id such as ``made``; raises KeyError naming those there are."""
        return self._find(name, ClusterOrganisation)

    def institution(self, name: str) -> KnowledgeInstitution:
        """The knowledge institution with an id such as ``university-3``; raises KeyError naming those there are."""
        return self._find(name, KnowledgeInstitution)

    def _populate(self) -> dict[str, Actor]:
        if self._named is None:
            self._named = {}  # making agents may ask for agents
            institutions, initiatives = self.world.institutions.plan.kind, self.world.environment.start
            made: list[Any] = [
                ProgrammeAuthority(self),
                *(Funder(self, index) for index in range(len(FUNDERS))),
                *(ClusterOrganisation(self, index) for index in range(self.world.count)),
                *(INSTITUTION_CLASSES[kind](self, index) for index, kind in enumerate(institutions.tolist())),
                SupportSystem(self),
                *(Initiative(self, index) for index in range(len(initiatives))),
            ]
            self._named = {agent.id: agent for agent in made}
        return self._named

    def _find(self, name: str, kind: type[Found]) -> Found:
        agent = self._populate().get(name)
        if not isinstance(agent, kind):
            names = (known for known, other in self._populate().items() if isinstance(other, kind))
            raise KeyError(f"no {kind.__name__} {name!r}; there are {', '.join(names)}")
        return agent
