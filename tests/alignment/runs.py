"""Small runs to compare, and what each quarter of a run leaves behind, firm by firm."""

from dataclasses import dataclass, field
from unittest.mock import patch

import numpy as np

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.ecosystem.processes import recruitment
from klyngesim.results.indicators import IDS
from klyngesim.scenario.loading import from_mapping

UNLIMITED = {
    **{f"scarcity.{name}": "off" for name in ("hours", "seats", "pots", "money")},
    "broker.headroom": 0,
    "institutions.paid_share": 0,
    "institutions.relation_projects": 0,
}
"""Nobody takes anything away from anybody: neither hours, nor seats, nor money of calls, nor an organisation's own."""


def scenario(parameters=None, timeline=(), end="2023Q4", scale=0.05):
    """The baseline, by default with 5 % of the firms and over twelve quarters."""
    return from_mapping(
        {
            "extends": "baseline",
            "period": {"start": "2021Q1", "end": end},
            "population": {"scale": scale},
            "parameters": parameters or {},
            "timeline": list(timeline),
        },
        "alignment",
    )


def run(seed=1, banned=(), **settings):
    """Results of one run."""
    return Ecosystem(scenario(**settings), seed, banned=frozenset(banned)).run()


def different(one, other):
    """Where two arrays differ, two NaN being equal."""
    return ~((one == other) | (np.isnan(one) & np.isnan(other)))


def first_difference(one, other, before=None):
    """Words for the first entry in which the indicators of two runs differ, None without one."""
    apart = np.argwhere(different(one.indicators[:before], other.indicators[:before]))
    if len(apart) == 0:
        return None
    period, organisation, column = apart[0].tolist()
    values = one.indicators[period, organisation, column], other.indicators[period, organisation, column]
    name = one.clusters[organisation]
    return f"quarter {period}, {name}: {IDS[column]} is {values[0]:g} and {values[1]:g}; {len(apart)} differ"


def funnel_rows(result, before=None):
    """The funnel as a set of rows, up to a quarter."""
    funnel = result.funnel
    columns = (funnel.period, funnel.organisation, funnel.firm_class, funnel.from_stage, funnel.to_stage)
    rows = zip(*(each.tolist() for each in (*columns, funnel.reason, funnel.count)), strict=True)
    return {row for row in rows if before is None or row[0] < before}


def assert_identical(one, other, before=None):
    """Indicators, funnel and finance are the same, all of them or those before a quarter."""
    apart = first_difference(one, other, before)
    assert apart is None, apart
    assert np.array_equal(one.finance[:before], other.finance[:before])
    assert funnel_rows(one, before) == funnel_rows(other, before)


@dataclass
class Quarter:
    """What one quarter leaves behind.

    Attributes:
        relations: (trust, member, joined in, times, last quarter) by (firm, organisation).
        ideas: (stage, firm) by number of the idea.
        asked: (firm, organisation) whose answer was drawn.
        consortia: firms in each project that runs or waits for a decision, by its place in the table.
        success: chances of the national and EU calls.
    """

    relations: dict
    ideas: dict
    asked: set
    consortia: dict
    success: tuple


@dataclass
class Trace:
    """A run with its quarters.

    Attributes:
        firms: ids of all firms that live or will live; inherited: those that somebody knew in 2021Q1.
    """

    firms: list
    inherited: set
    quarters: list = field(default_factory=list)
    result: object = None

    def asked(self):
        """First quarter in which each firm was asked."""
        found = {}
        for period, quarter in enumerate(self.quarters):
            for firm, _ in quarter.asked:
                found.setdefault(firm, period)
        return found

    def organisations_of(self, firm):
        """Organisations that ever asked a firm or have a relation with it."""
        asked = {organisation for quarter in self.quarters for each, organisation in quarter.asked if each == firm}
        return asked | {organisation for each, organisation in self.quarters[-1].relations if each == firm}

    def column(self, name):
        """An indicator by quarter and organisation."""
        return self.result.indicators[:, :, IDS.index(name)]


def trace(parameters=None, banned=(), seed=1, **settings):
    """Runs a scenario and notes after each quarter who was asked and how every firm stands."""
    model = Ecosystem(scenario(parameters, **settings), seed, banned=frozenset(banned))
    world = model.world
    ask, asked = recruitment.ask, set()

    def noting(state, firms, terms):
        asked.update(zip(firms["ident"].tolist(), firms["organisation"].tolist(), strict=True))
        return ask(state, firms, terms)

    register = world.register
    found = Trace(register.ids(np.arange(register.rows)).tolist(), set(world.contacts.ident.tolist()))
    with patch.object(recruitment, "ask", noting):
        while world.period < world.periods:
            asked.clear()
            model.step()
            found.quarters.append(_look(world, set(asked)))
    found.result = model.run()
    return found


def _look(world, asked):
    relations, episodes = world.relations, world.episodes
    firm = world.contacts.ident[relations.contact]
    pairs = zip(firm.tolist(), relations.organisation.tolist(), strict=True)
    columns = (relations.trust, relations.member, relations.since, relations.times, relations.last)
    state = zip(*(column.tolist() for column in columns), strict=True)
    consortia = {}
    inside = episodes.project >= 0
    for project, ident in zip(episodes.project[inside].tolist(), episodes.ident[inside].tolist(), strict=True):
        consortia.setdefault(project, set()).add(ident)
    return Quarter(
        relations=dict(zip(pairs, state, strict=True)),
        ideas=dict(
            zip(
                episodes.number.tolist(),
                zip(episodes.stage.tolist(), episodes.ident.tolist(), strict=True),
                strict=True,
            )
        ),
        asked=asked,
        consortia=consortia,
        success=tuple(world.environment.success.tolist()),
    )


def changed_firms(one, other):
    """Firms whose relations or ideas differ between two quarters."""
    apart = {
        key
        for key in one.relations.keys() | other.relations.keys()
        if one.relations.get(key) != other.relations.get(key)
    }
    firms = {firm for firm, _ in apart}
    for number in one.ideas.keys() | other.ideas.keys():
        here, there = one.ideas.get(number), other.ideas.get(number)
        if here != there:
            firms.add((here or there)[1])
    return firms
