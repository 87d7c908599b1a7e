"""Cluster organisations (klyngeorganisationer) as agents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from klyngesim.ecosystem.firm_records import quarter, staff_name
from klyngesim.ecosystem.firmset import FirmSet
from klyngesim.ecosystem.ledger import FUNDERS, GRANT_ACCOUNTS, OERE_PER_MKR
from klyngesim.ecosystem.processes.activity_mix import TYPES
from klyngesim.ecosystem.processes.planning import EFFORTS
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Array
from klyngesim.ecosystem.views import Registered, Shown
from klyngesim.streams import Ints

EFFECTS = ("reach", "loyalty", "joining", "quality")


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


def named(names: tuple[str, ...], values: Array) -> dict[str, float]:
    """A row of an array with the names of its entries."""
    return dict(zip(names, values.tolist(), strict=True))


def grant_left(world: World, index: int) -> dict[str, dict[str, float]]:
    """Award not yet used (rest af tilsagn) by funder and account, mkr."""
    balance = world.ledger.balance[index] / OERE_PER_MKR
    return {funder: named(GRANT_ACCOUNTS, left) for funder, left in zip(FUNDERS, balance, strict=True)}


def staff_of(world: World, index: int) -> tuple[StaffMember, ...]:
    """The people who work for an organisation, in the order of their posts; vacant posts are left out."""
    posts = world.posts
    portfolio = np.bincount(world.relations.staff[world.live], minlength=posts.count)
    return tuple(
        StaffMember(
            name=name,
            slot=int(posts.number[slot]) + 1,
            holder=int(posts.holder[slot]),
            since=quarter(posts.since[slot]),
            portfolio=int(portfolio[slot]),
        )
        for slot in np.flatnonzero(posts.organisation == index).tolist()
        if (name := staff_name(world, slot)) is not None
    )


def relations_of(world: World, index: int) -> Ints:
    """Rows in `Relations` of an organisation, in the order in which they began."""
    return np.flatnonzero(world.relations.organisation == index)


class ClusterOrganisation(Registered):
    """A cluster organisation. What it shows is the state at the moment of asking.

    Attributes:
        open: whether it exists now; a closed one may be followed by a new one in the same area.
        funded: whether each funder (``ufs``, ``deb``) supports it.
        cash_mkr: own cash (egenkapital less money out for the grant), mkr; negative in overdraft.
        grant_mkr: award not yet used (rest af tilsagn) by funder and account, mkr.
        staff: the people who work for it, in the order of their posts; vacant posts are left out.
        relation_count: relations with firms, dormant ones included.
        expected_support_years: expected remaining support H by funder, years, as of the last quarter simulated
            (0 before the first).
        effects: organisation effects: reach, loyalty and joining (1 = common behaviour) and brokerage quality.
        liquidity: share of its plans that cash allows, 0-1.
        activities: by type in the last quarter simulated; empty before the first.
        hours: productive hours by task in the last quarter simulated; empty before the first.
    """

    open = Shown[bool](lambda world, index: bool(world.organisations.open[index]))
    funded = Shown[dict[str, bool]](
        lambda world, index: dict(zip(FUNDERS, (world.organisations.funded[index] > 0).tolist(), strict=True))
    )
    cash_mkr = Shown[float](lambda world, index: float(world.ledger.own[index]) / OERE_PER_MKR)
    grant_mkr = Shown[dict[str, dict[str, float]]](grant_left)
    staff = Shown[tuple[StaffMember, ...]](staff_of)
    relation_count = Shown[int](lambda world, index: len(relations_of(world, index)))
    expected_support_years = Shown[dict[str, float]](
        lambda world, index: named(FUNDERS, world.organisations.support[index])
    )
    effects = Shown[dict[str, float]](
        lambda world, index: {name: float(getattr(world.organisations, name)[index]) for name in EFFECTS}
    )
    liquidity = Shown[float](lambda world, index: float(world.organisations.liquidity[index]))
    activities = Shown[dict[str, float]](
        lambda world, index: named(TYPES, world.plan.activities[index]) if world.period else {}
    )
    hours = Shown[dict[str, float]](
        lambda world, index: named(EFFORTS, world.plan.hours[index]) if world.period else {}
    )

    @property
    def members(self) -> FirmSet:
        """Member firms (medlemmer), in the order in which their relations began."""
        return self._firms(self.model.world.relations.member)

    @property
    def known_firms(self) -> FirmSet:
        """Firms with a live relation, i.e. with enough trust to be invited as somebody known."""
        return self._firms(self.model.world.relations.trust > 0.0)

    def _firms(self, wanted: Array) -> FirmSet:
        world, rows = self.model.world, relations_of(self.model.world, self.index)
        return FirmSet(self.model, world.contacts.row[world.relations.contact[rows[wanted[rows]]]])
