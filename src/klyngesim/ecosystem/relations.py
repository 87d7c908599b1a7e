"""Relations between firms and organisations: finding, making and ending them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.by_organisation import Organisation
from klyngesim.ecosystem.rows import NEVER, Contact, Newcomer, Newcomers, Relation
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.population.strongholds import ID_BITS
from klyngesim.population.traits import Firms, profiles, startups_until
from klyngesim.streams import Decision, Draws, Floats, Ints, uniforms

ORGANISATIONS = 16
"""Room for organisations in the address of a firm-organisation pair."""


@rule
def pair_rule(ident: int, organisation: int) -> int:
    """Address of the draws of a firm and an organisation."""
    return ident * ORGANISATIONS + organisation


@rule
def portfolio_rule(luck: float, first_post: int, posts: int) -> int:
    """Staff slot that looks after a relation, by chance among the organisation's posts (M081)."""
    return first_post + int(luck * posts)


@loop
def pairs(relations: Rows[Relation], rows: Ints) -> Ints:
    """Addresses of the draws of relations."""
    return np.array([relations[row].pair for row in rows], dtype=np.int64)


@loop
def add_contacts(
    contacts: Rows[Contact], count: int, firms: Rows[Newcomer], contact_of_row: NDArray[np.int32], register: Firms
) -> int:
    """Adds a contact for every firm that nobody has met yet (to a table that is empty behind ``count``)."""
    for index in range(len(firms)):
        firm = firms[index]
        if contact_of_row[firm.row] == 0:
            contact = contacts[count]
            contact.row, contact.ident, contact.size = firm.row, firm.ident, firm.size
            contact.exporter, contact.regional, contact.mean = firm.exporter, firm.regional, firm.mean
            contact.death = register.death[firm.row]
            contact.year = contact.last_year = contact.startup_year = NEVER
            count += 1
            contact_of_row[firm.row] = count
    return count


@loop
def describe(firms: Rows[Newcomer] | Rows[Contact], register: Firms, draws: Draws) -> None:
    """Works out what firms are."""
    ids = np.array([firms[index].ident for index in range(len(firms))], dtype=np.int64)
    exporter, regional, mean = profiles(register, draws, ids)
    for index in range(len(firms)):
        firm = firms[index]
        firm.exporter, firm.regional, firm.mean = exporter[index], regional[index], mean[index]


@loop
def add_relations(
    relations: Rows[Relation],
    count: int,
    firms: Rows[Newcomer],
    contact_of_row: NDArray[np.int32],
    relation_of: NDArray[np.int32],
    cell_role: Ints,
    organisations: Rows[Organisation],
    draws: Draws,
    period: int,
) -> tuple[Ints, int]:
    """Rows of the relations with firms in contact, added where there are none yet; and how many relations there are."""
    rows, before = np.empty(len(firms), dtype=np.int64), count
    for index in range(len(firms)):
        firm = firms[index]
        contact = contact_of_row[firm.row] - 1
        if relation_of[contact, firm.organisation] == 0:
            relation = relations[count]
            relation.contact, relation.organisation = contact, firm.organisation
            relation.pair = pair_rule(firm.ident, firm.organisation)
            relation.role = cell_role[firm.organisation, firm.ident >> ID_BITS]
            relation.first = period
            relation.since = relation.last = relation.last_year = relation.previous_year = NEVER
            count += 1
            relation_of[contact, firm.organisation] = count
        rows[index] = relation_of[contact, firm.organisation] - 1
    pairs = np.array([relations[row].pair for row in range(before, count)], dtype=np.int64)
    luck = uniforms(draws, Decision.STAFF_PORTFOLIO, 0, pairs)
    for index in range(len(luck)):
        relation = relations[before + index]
        organisation = organisations[relation.organisation]
        relation.staff = portfolio_rule(luck[index], organisation.first_post, organisation.portfolio_posts)
    return rows, count


def meet(world: World, firms: Newcomers, described: bool = True) -> None:
    """Makes contacts of firms that nobody has met yet.

    Args:
        world: state.
        firms: met now; repeats are allowed.
        described: whether it is known what they are; otherwise it is worked out.
    """
    contacts, register, draws = world.contacts, world.register.firms, world.streams.draws
    before, room = contacts.count, contacts.reserve(firms.count)
    contacts.use(add_contacts(room, before, firms.rows, world.contact_of_row, register))
    if not described:
        describe(contacts.rows[before:], register, draws)
    contacts.startup_until[before:] = startups_until(register, draws, np.ascontiguousarray(contacts.ident[before:]))
    world.make_room()


def relate(world: World, firms: Newcomers, described: bool = True) -> Ints:
    """Rows in `Relations` of the organisations with firms that they met, made where there are none yet; see `meet`."""
    meet(world, firms, described)
    relations, organisations = world.relations, world.organisations.rows
    room, index = relations.reserve(firms.count), (world.contact_of_row, world.relation_of, world.cell_role)
    rows, count = add_relations(
        room, relations.count, firms.rows, *index, organisations, world.streams.draws, world.period
    )
    relations.use(count)
    return rows


def enrol(world: World) -> Ints:
    """Relations with the strangers who said yes this quarter."""
    return relate(world, world.newcomers)


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
