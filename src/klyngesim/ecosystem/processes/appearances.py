"""Firms and relations that take part for the first time in a calendar year, or at all (step 6): counted once each.

Years and first times are those that the report registers: at activities that the grant pays.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem.relations import pairs
from klyngesim.ecosystem.rows import Relation
from klyngesim.ecosystem.state import Programme, State
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.population.strongholds import MAIN, MICRO, SUPPORTING
from klyngesim.streams import Decision, Floats, Ints, uniforms


class Firms(NamedTuple):
    """Numbers of firms that take part for the first time in a calendar year.

    Attributes:
        everybody: those at activities of any kind, whoever pays.
        fresh: those at registered ones; startups: those of them that are start-ups.
        first, second: those whose first, and whose second year since 2021 it is.
    """

    everybody: int
    fresh: int
    startups: int
    first: int
    second: int


@loop
def come(state: State, rows: Ints) -> None:
    """Notes when relations take part, and counts those that do for the first time this year, whoever pays."""
    for row in rows:
        relation = state.relations[row]
        if relation.last // 4 != state.period // 4:
            state.flows[relation.organisation].fresh_pairs_all += 1.0
        relation.times += 1
        relation.last = state.period


@loop
def appear(relations: Rows[Relation], rows: Ints, period: int) -> Ints:
    """Notes the calendar years of relations; returns those that are registered for the first time in this one."""
    year = period // 4
    fresh = np.array([row for row in rows if relations[row].last_year != year], dtype=np.int64)
    for row in fresh:
        relation = relations[row]
        relation.previous_year = relation.last_year
        relation.last_year = year
        relation.years += 1
    return fresh


@loop
def own_firms(state: State, rows: Ints, counted_support: Floats) -> Bools:
    """Whether the tables count the firms of relations (``rows``) as their organisation's own.

    They do so with a share of its stronghold's supporting firms, ``counted_support``, shape (S,).
    """
    role = np.array([state.relations[row].role for row in rows], dtype=np.int64)
    own: Bools = role == MAIN
    support = np.flatnonzero(role == SUPPORTING)
    luck = uniforms(state.draws, Decision.MATCH_REGISTER, 0, pairs(state.relations, rows[support]))
    for index in range(len(support)):
        organisation = state.organisations[state.relations[rows[support[index]]].organisation]
        own[support[index]] = luck[index] < counted_support[organisation.stronghold]
    return own


@loop
def count_fresh(state: State, rows: Ints, counted_support: Floats) -> None:
    """Counts relations (``rows``) that take part for the first time this calendar year, and for the first time at all.

    Organisations keep those seen since 2021, and in one calendar year only; see `own_firms`.
    """
    year, fresh = state.period // 4, appear(state.relations, rows, state.period)
    own = own_firms(state, fresh, counted_support)
    for index in range(len(fresh)):
        relation = state.relations[fresh[index]]
        contact = state.contacts[relation.contact]
        organisation, flow = state.organisations[relation.organisation], state.flows[relation.organisation]
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
    programme.fresh_everybody += firms.everybody
    programme.fresh_firms += firms.fresh
    programme.startup_firms += firms.startups
    programme.first_firms += firms.first
    programme.seen += firms.first
    programme.seen_once += firms.first - firms.second
