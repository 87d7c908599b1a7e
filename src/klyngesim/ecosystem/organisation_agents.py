"""Cluster organisations (klyngeorganisationer) as agents: properties that read the world when asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.ecosystem.by_organisation import Organisations
from klyngesim.ecosystem.compat import Actor
from klyngesim.ecosystem.firm_records import quarter, staff_name
from klyngesim.ecosystem.firmset import FirmSet
from klyngesim.ecosystem.ledger import FUNDERS, GRANT_ACCOUNTS, OERE_PER_MKR
from klyngesim.ecosystem.processes.planning import EFFORTS
from klyngesim.ecosystem.processes.spending import TYPES
from klyngesim.evidence import tables
from klyngesim.streams import Ints

if TYPE_CHECKING:
    from klyngesim.ecosystem.agents import Populated


@dataclass(frozen=True)
class StaffMember:
    """Somebody who works for a cluster organisation.

    Attributes:
        name: such as ``made-3.2``: third post, second holder.
        slot: number of the post, from 1.
        holder: how many people have held it, the present one counted.
        since: quarter in which the holder came.
        portfolio: live relations with firms that the holder looks after.
    """

    name: str
    slot: int
    holder: int
    since: str
    portfolio: int


class ClusterOrganisation(Actor):
    """A cluster organisation. What it shows is the state at the moment of asking.

    Args:
        model: the model.
        index: place in the order of Table 2.

    Attributes:
        index: place in every array of shape (O,).
        id: short name, e.g. ``made``.
        name: full name.
    """

    def __init__(self, model: Populated, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.id = model.world.organisations.ids[index]
        self.name = tables.organisations()[index].full_name

    def __repr__(self) -> str:
        return f"ClusterOrganisation({self.id})"

    @property
    def open(self) -> bool:
        """Whether it exists now; a closed one may be followed by a new one in the same area."""
        return bool(self._of.open[self.index])

    @property
    def funded(self) -> dict[str, bool]:
        """Whether each funder (``ufs``, ``deb``) supports it."""
        return dict(zip(FUNDERS, (self._of.funded[self.index] > 0).tolist(), strict=True))

    @property
    def cash_mkr(self) -> float:
        """Own cash (egenkapital less money out for the grant), mio. kr.; negative in overdraft."""
        return float(self.model.world.ledger.own[self.index]) / OERE_PER_MKR

    @property
    def grant_mkr(self) -> dict[str, dict[str, float]]:
        """Award not yet used (rest af tilsagn) by funder and account, mio. kr."""
        balance = self.model.world.ledger.balance[self.index] / OERE_PER_MKR
        return {
            funder: dict(zip(GRANT_ACCOUNTS, accounts, strict=True))
            for funder, accounts in zip(FUNDERS, balance.tolist(), strict=True)
        }

    @property
    def staff(self) -> tuple[StaffMember, ...]:
        """The people who work for it, in the order of their posts; vacant posts are left out."""
        world = self.model.world
        staff, relations = world.posts, world.relations
        known = world.live
        portfolio = np.bincount(relations.staff[known], minlength=staff.count)
        return tuple(
            StaffMember(
                name=name,
                slot=int(staff.number[slot]) + 1,
                holder=int(staff.holder[slot]),
                since=quarter(staff.since[slot]),
                portfolio=int(portfolio[slot]),
            )
            for slot in np.flatnonzero(staff.organisation == self.index).tolist()
            if (name := staff_name(world, slot)) is not None
        )

    @property
    def members(self) -> FirmSet:
        """Member firms (medlemmer), in the order in which their relations began."""
        return self._firms(self._relations[self.model.world.relations.member[self._relations]])

    @property
    def known_firms(self) -> FirmSet:
        """Firms with a live relation, i.e. with enough trust to be invited as somebody known."""
        return self._firms(self._relations[self.model.world.relations.trust[self._relations] > 0.0])

    @property
    def relation_count(self) -> int:
        """Relations with firms, dormant ones included."""
        return len(self._relations)

    @property
    def expected_support_years(self) -> dict[str, float]:
        """Expected remaining support H by funder, years, as of the last quarter simulated (0 before the first)."""
        return dict(zip(FUNDERS, self._of.support[self.index].tolist(), strict=True))

    @property
    def effects(self) -> dict[str, float]:
        """Organisation effects: reach, loyalty and joining (1 = common behaviour) and brokerage quality."""
        names = ("reach", "loyalty", "joining", "quality")
        return {name: float(getattr(self._of, name)[self.index]) for name in names}

    @property
    def liquidity(self) -> float:
        """Share of its plans that cash allows, 0-1."""
        return float(self._of.liquidity[self.index])

    @property
    def activities(self) -> dict[str, int]:
        """Activities by type in the last quarter simulated; empty before the first."""
        world = self.model.world
        return dict(zip(TYPES, world.plan.activities[self.index].tolist(), strict=True)) if world.period else {}

    @property
    def hours(self) -> dict[str, float]:
        """Productive hours by task in the last quarter simulated; empty before the first."""
        world = self.model.world
        return dict(zip(EFFORTS, world.plan.hours[self.index].tolist(), strict=True)) if world.period else {}

    @property
    def _of(self) -> Organisations:
        organisations: Organisations = self.model.world.organisations
        return organisations

    @property
    def _relations(self) -> Ints:
        return np.flatnonzero(self.model.world.relations.organisation == self.index)

    def _firms(self, relations: Ints) -> FirmSet:
        world = self.model.world
        return FirmSet(self.model, world.contacts.row[world.relations.contact[relations]])
