"""The agents of the model, for whoever looks.

Firms are views on rows of arrays (`firm_agents`, `firmset`); everybody else is a registered Mesa agent whose
attributes read the arrays (`views`). Nothing here costs a run that nobody looks at, and looking changes no result.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from klyngesim.ecosystem.compat import Shell
from klyngesim.ecosystem.firm_agents import FIRM_TYPES, SME, Column, Firm, ForeignFirm, LargeFirm, Trait
from klyngesim.ecosystem.firm_records import FIRST_ID, EpisodeRecord, RelationRecord, TieRecord, institution_id
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
from klyngesim.ecosystem.programme_agents import (
    FUNDER_NAMES,
    Funder,
    GrantPeriod,
    Initiative,
    ProgrammeAuthority,
    SupportSystem,
)
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.views import Registered
from klyngesim.evidence import tables

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

Found = TypeVar("Found", bound=Registered)

REGISTERED: tuple[type[Registered], ...] = (
    ProgrammeAuthority,
    Funder,
    ClusterOrganisation,
    *INSTITUTION_CLASSES,
    SupportSystem,
    Initiative,
)
"""Classes of the registered agents, in the order of their unique ids."""


class Populated(Shell):
    """The agents' side of the model: who there is and how to find them.

    The registered agents (about 100) are made at the first look, in a fixed order. `world` is the state that all
    agents read.
    """

    world: World
    _named: dict[str, Registered] | None = None

    @property
    def period(self) -> int:
        """The quarter that the next step simulates, counted from 2021Q1 = 0; agents show the state at its start."""
        return self.world.period

    @cached_property
    def drawn_traits(self) -> dict[Trait[Any], Column]:
        """Traits that draws decide, of all firms, as far as somebody has asked for them."""
        return {}

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
        firms = {kind: self.firms.select(agent_type=kind) for kind in dict.fromkeys(FIRM_TYPES)}
        return {**firms, **{kind: self.agents.select(agent_type=kind) for kind in REGISTERED}}

    @property
    def firms(self) -> FirmSet:
        """All firms alive now, foreign ones included, in the order of their rows."""
        register = self.world.register
        return FirmSet(self, np.flatnonzero(register.alive(np.arange(register.rows), self.period)))

    def firm(self, unique_id: int) -> Firm:
        """The firm with a unique id, alive or not; raises KeyError when no such firm exists in this run."""
        if unique_id < FIRST_ID:
            raise KeyError(f"firms have ids from {FIRST_ID} on; {unique_id} may be one of model.agents")
        return FirmSet(self, np.array([self.world.register.row_of_id(int(unique_id) - FIRST_ID)]))[0]

    def organisation(self, name: str) -> ClusterOrganisation:
        """The cluster organisation with an id such as ``made``; raises KeyError naming those there are."""
        return self._find(name, ClusterOrganisation)

    def institution(self, name: str) -> KnowledgeInstitution:
        """The knowledge institution with an id such as ``university-3``; raises KeyError naming those there are."""
        return self._find(name, KnowledgeInstitution)

    def _populate(self) -> dict[str, Registered]:
        if self._named is None:
            self._named = {}  # making agents may ask for agents
            self._named = {agent.id: agent for agent in self._made()}
        return self._named

    def _made(self) -> Iterator[Registered]:
        plan, classes = self.world.institutions.plan, tuple(INSTITUTION_CLASSES.items())
        yield ProgrammeAuthority(self, 0, "authority", "Programme authority")
        for index, (id, name) in enumerate(zip(FUNDERS, FUNDER_NAMES, strict=True)):
            yield Funder(self, index, id, name)
        for index, organisation in enumerate(tables.organisations()):
            yield ClusterOrganisation(self, index, organisation.id, organisation.full_name)
        for index, (code, number) in enumerate(zip(plan.kind.tolist(), plan.number.tolist(), strict=True)):
            kind, name = classes[code]
            yield kind(self, index, institution_id(self.world, index), f"{name} {number}")
        yield SupportSystem(self, 0, "support_system", "Business support system (erhvervsfremmesystem)")
        for index in range(len(self.world.environment.start)):
            yield Initiative(self, index, f"initiative-{index + 1}", f"Initiative {index + 1}")

    def _find(self, name: str, kind: type[Found]) -> Found:
        agent = self._populate().get(name)
        if not isinstance(agent, kind):
            names = (known for known, other in self._populate().items() if isinstance(other, kind))
            raise KeyError(f"no {kind.__name__} {name!r}; there are {', '.join(names)}")
        return agent
