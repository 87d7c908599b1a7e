"""Relations between firms and organisations: finding, making and ending them."""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem.rows import NEVER, Relation
from klyngesim.ecosystem.sorting import first_by_key
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.streams import Decision, Floats, Ints, pair_id

ORGANISATIONS = 16
"""Room for organisations in the address of a firm-organisation pair."""


Profile = tuple[Bools, Bools, Floats]
"""Exporter, regional and mean readiness of firms, as `Register.profile` gives them."""


def contacts_of(world: World, row: Ints, ident: Ints, size: Ints, profile: Profile | None = None) -> Ints:
    """Rows in `Contacts` of firms, made on first contact.

    Args:
        world: state.
        row: register row of each firm, shape (n,); repeats are allowed.
        ident: its permanent id.
        size: its size class.
        profile: what the register says of each, where the caller has asked already.
    """
    unmet = np.flatnonzero(world.contact_of_row[row] == 0)
    if len(unmet):
        pick = unmet[first_by_key(row[unmet])]
        missing = row[pick]
        if profile is None:
            exporter, regional, mean = world.register.profile(ident[pick], world.register.cell_of_id(ident[pick]))
        else:
            exporter, regional, mean = profile[0][pick], profile[1][pick], profile[2][pick]
        added = world.contacts.append(
            len(missing),
            row=missing,
            death=world.register.death[missing],
            ident=ident[pick],
            size=size[pick],
            year=NEVER,
            mean=mean,
            exporter=exporter,
            regional=regional,
            last_year=NEVER,
            startup_until=world.register.startup_until(missing, world.register.cell_of_id(ident[pick])),
            startup_year=NEVER,
        )
        world.contact_of_row[missing] = np.arange(added.start, added.stop) + 1
        world.make_room()
    return world.contact_of_row[row].astype(np.int64) - 1


def relate(
    world: World, organisation: Ints, row: Ints, ident: Ints, size: Ints, profile: Profile | None = None
) -> Ints:
    """Rows in `Relations` of firm-organisation pairs (each pair once), made where there are none yet."""
    contact = contacts_of(world, row, ident, size, profile)
    place = world.relation_with(contact, organisation)
    new = np.flatnonzero(place < 0)
    if len(new):
        who, known = organisation[new], contact[new]
        pair = pair_id(ident[new], who, ORGANISATIONS)
        added = world.relations.append(
            len(new),
            contact=known,
            organisation=who,
            pair=pair,
            role=world.cell_role[who, world.register.cell_of_id(ident[new])],
            since=NEVER,
            first=world.period,
            last=NEVER,
            last_year=NEVER,
            previous_year=NEVER,
            staff=portfolio(world, who, pair),
        )
        place[new] = np.arange(added.start, added.stop)
        world.relation_of[known, who] = place[new] + 1
    return place


def portfolio(world: World, organisation: Ints, pair: Ints) -> Ints:
    """Staff slot that looks after a relation, by chance among the organisation's posts (M081)."""
    organisations = world.organisations
    uniform = world.streams.uniform(Decision.STAFF_PORTFOLIO, 0, pair)
    share = np.floor(uniform * organisations.portfolio_posts[organisation]).astype(np.int64)
    return np.asarray(organisations.first_post[organisation] + share, dtype=np.int64)


def enrol(world: World) -> Ints:
    """Relations with the strangers who said yes this quarter."""
    new = world.newcomers
    return relate(world, new.organisation, new.row, new.ident, new.size, new.profile)


def live(world: World) -> Ints:
    """Rows of the live relations: firms that are trusted enough to be invited as somebody known.

    A relation whose trust falls below `trust.floor` is dormant and has trust zero.
    """
    return world.live


@loop
def lower(relations: Rows[Relation], live: Ints, rows: Ints, trust: Floats, floor: float) -> Ints:
    """Writes the trust of live relations (``rows``, ascending) that lose some; returns those that stay live."""
    for index in range(len(rows)):
        relations[rows[index]].trust = trust[index] if trust[index] >= floor else 0.0
    stay, count, at = np.empty(len(live), dtype=np.int64), 0, 0
    for row in live:
        if at < len(rows) and rows[at] == row:
            at += 1
            if relations[row].trust <= 0.0:
                continue
        stay[count] = row
        count += 1
    return stay[:count]


@loop
def wake(live: Ints, woken: Ints) -> Ints:
    """The live relations together with dormant ones that have woken up (in any order), in row order."""
    woken = np.sort(woken)
    together, count, at = np.empty(len(live) + len(woken), dtype=np.int64), 0, 0
    for row in live:
        while at < len(woken) and woken[at] < row:
            together[count] = woken[at]
            count, at = count + 1, at + 1
        together[count] = row
        count += 1
    together[count:] = woken[at:]
    return together


def lower_trust(world: World, rows: Ints, trust: Floats) -> None:
    """Writes the trust of live relations (``rows``, ascending) that lose some; below the floor they become dormant."""
    floor = world.policy.num("trust.floor")
    world.live = lower(world.relations.rows, world.live, rows, np.ascontiguousarray(trust), floor)


def care_rule(world: World) -> Floats:
    """Care for known firms by organisation, 1 at the reference: hours for keeping per live relation (M042).

    A share of it follows the hours, up to a limit; the rest is there without any care.
    """
    if world.policy.word("scarcity.hours") == "off":
        return np.ones(world.count)
    hours = world.plan.hours[:, 1] / np.maximum(1.0, world.organisations.live)
    usual = world.reference.care
    ratio = np.minimum(world.policy.num("retention.care_most"), hours / np.where(usual > 0.0, usual, 1.0))
    share = world.policy.num("retention.care_share")
    return np.asarray(1.0 - share + share * ratio)
