"""Firms and relations that take part for the first time in a calendar year, or at all (step 6): counted once each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem.by_organisation import Flow, Organisation
from klyngesim.ecosystem.relations import pairs
from klyngesim.ecosystem.rows import Contact, Relation
from klyngesim.ecosystem.state import Programme
from klyngesim.ecosystem.tables import Rows
from klyngesim.population.strongholds import MAIN, MICRO, SUPPORTING
from klyngesim.streams import Decision, Draws, Floats, Ints, uniforms


class Firms(NamedTuple):
    """Numbers of firms that take part for the first time in a calendar year.

    Attributes:
        fresh: all of them; startups: those that are start-ups.
        first, second: those whose first, and whose second year since 2021 it is.
    """

    fresh: int
    startups: int
    first: int
    second: int


@loop
def appear(relations: Rows[Relation], rows: Ints, period: int) -> Ints:
    """Notes when relations are active; returns those that are for the first time in this calendar year."""
    year = period // 4
    fresh = np.array([row for row in rows if relations[row].last_year != year], dtype=np.int64)
    for row in fresh:
        relation = relations[row]
        relation.previous_year = relation.last_year
        relation.last_year = year
        relation.years += 1
    for row in rows:
        relation = relations[row]
        relation.times += 1
        relation.last = period
    return fresh


@loop
def count_fresh(
    relations: Rows[Relation],
    contacts: Rows[Contact],
    organisations: Rows[Organisation],
    flows: Rows[Flow],
    fresh: Ints,
    counted_support: Floats,
    draws: Draws,
    year: int,
) -> None:
    """Counts relations that take part for the first time this calendar year, and for the first time at all.

    Args:
        relations: all.
        contacts: all.
        organisations: all; those seen since 2021, and in one calendar year only, are kept here.
        flows: what is counted this quarter.
        fresh: relations not active before in this calendar year.
        counted_support: share of a stronghold's supporting firms that the tables count as its own, shape (S,).
        draws: random numbers.
        year: the calendar year, counted from 2021.
    """
    own = np.array([relations[row].role == MAIN for row in fresh], dtype=np.bool_)
    support = np.flatnonzero(np.array([relations[row].role == SUPPORTING for row in fresh], dtype=np.bool_))
    luck = uniforms(draws, Decision.MATCH_REGISTER, 0, pairs(relations, fresh[support]))
    for index in range(len(support)):
        stronghold = organisations[relations[fresh[support[index]]].organisation].stronghold
        own[support[index]] = luck[index] < counted_support[stronghold]
    for index in range(len(fresh)):
        relation = relations[fresh[index]]
        contact = contacts[relation.contact]
        organisation, flow = organisations[relation.organisation], flows[relation.organisation]
        flow.fresh_pairs += 1.0
        flow.startup_pairs += contact.startup_year == year
        if relation.years == 1:
            flow.first_pairs += 1.0
            organisation.seen += 1.0
            organisation.seen_once += 1.0
        else:
            flow.returned_pairs += relation.previous_year == year - 1
            organisation.seen_once -= relation.years == 2
        if own[index]:
            flow.own_micro += contact.size == MICRO
            flow.own_larger += contact.size != MICRO


def count_firms(programme: Programme, firms: Firms) -> None:
    """Counts firms that take part, each once, however many organisations they are with."""
    programme.fresh_firms += firms.fresh
    programme.startup_firms += firms.startups
    programme.first_firms += firms.first
    programme.seen += firms.first
    programme.seen_once += firms.first - firms.second
