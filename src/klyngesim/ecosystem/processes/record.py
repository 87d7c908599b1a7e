"""Step 14: what the quarter leaves in the tables: registered activity, stocks and money, by organisation and in all.

A row of results has a field for every indicator (`results.indicators`). The programme's row stands below those of the
organisations: what is summed is added up at the end, and everything else is worked out for it as for them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem.by_organisation import Flow, Organisation
from klyngesim.ecosystem.processes.record_money import record_money
from klyngesim.ecosystem.processes.record_year import record_year
from klyngesim.ecosystem.rows import Project, Tie
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.totals import ratio_rule, with_total
from klyngesim.exact import total
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.population.strongholds import LARGE, MEDIUM, MICRO, SMALL
from klyngesim.results.indicators import IDS, INDICATORS
from klyngesim.streams import Floats

RESULT = np.dtype((np.record, np.dtype([(name, np.float64) for name in IDS], align=True)))
"""A row of results: one number for every indicator."""
_SUMMED = np.array([column for column, indicator in enumerate(INDICATORS) if indicator.across == "sum"])
_UNIVERSITY, _GTS, _UNIVERSITY_COLLEGE = map(INSTITUTION_TYPES.index, ("university", "gts", "university_college"))


def record(world: World, out: Floats) -> None:
    """Writes one quarter.

    Args:
        world: state after all steps, books closed.
        out: row of `RunResult.indicators`, shape (O + 1, K), filled with NaN.
    """
    results, flows, programme = out.view(RESULT)[:, 0], world.flows.with_programme(), world.programme
    registered_activity(results, flows, programme.first_firms)
    if world.period % 4 == 3:
        record_year(world, results)  # before the stocks, which count the institutions of the year
    counted = Counted(programme.members, programme.seen, programme.seen_once, programme.institutions_ever)
    stocks(results, world.organisations.rows, world.ties.rows, counted)
    depth(results, flows, world.projects.rows)
    record_money(world, results)
    # What is counted by organisation only is summed for the programme.
    out[world.count, _SUMMED] = total(out[: world.count, _SUMMED], axis=0)


@loop
def registered_activity(results: Rows[Any], flows: Rows[Flow], first_firms: int) -> None:
    """Activities, participations and who takes part, as the programme's registration counts them.

    ``flows`` are those of the organisations and their sums; ``first_firms`` is `Programme.first_firms`.
    """
    for row in range(len(flows)):
        result, flow = results[row], flows[row]
        events = flow.activities_dissemination + flow.activities_internationalisation
        result.activities_dissemination = flow.activities_dissemination
        result.activities_internationalisation = flow.activities_internationalisation
        result.activities_application = flow.applications_registered
        result.activities_project = flow.projects_pilot
        result.activities = events + flow.applications_registered + flow.projects_pilot
        result.participations_firms = flow.participations
        result.participations_institutions = flow.participations_institutions
        result.new_participants = flow.first_pairs
        result.contacts = flow.contacts
        result.seats_offered = flow.seats_offered
        result.willing_firms = flow.willing
        result.fill_rate = ratio_rule(flow.participations, flow.seats_offered)
        micro_small = flow.present[MICRO] + flow.present[SMALL]
        danish = micro_small + flow.present[MEDIUM] + flow.present[LARGE]
        result.small_firm_share = ratio_rule(micro_small, danish)
        result.medium_firm_share = ratio_rule(flow.present[MEDIUM], danish)
        result.large_firm_share = ratio_rule(flow.present[LARGE], danish)
        result.foreign_firm_share = ratio_rule(flow.participations_foreign, flow.participations)
        result.outside_stronghold_share = ratio_rule(flow.present_outside, flow.present_outside + flow.present_inside)
        visits = flow.institutions_present
        result.university_presence_share = ratio_rule(visits[_UNIVERSITY], events)
        result.gts_presence_share = ratio_rule(visits[_GTS], events)
        result.university_college_presence_share = ratio_rule(visits[_UNIVERSITY_COLLEGE], events)
    results[len(flows) - 1].new_participants = first_firms


class Counted(NamedTuple):
    """Firms and institutions counted once for the programme: fields of `Programme` under their own names."""

    members: int
    seen: int
    seen_once: int
    institutions_ever: int


@loop
def stocks(results: Rows[Any], organisations: Rows[Organisation], ties: Rows[Tie], counted: Counted) -> None:
    """Members, relations, trust, readiness and ties at the end of the quarter."""
    count = len(organisations)
    known = with_total(np.array([organisations[row].known for row in range(count)]))
    trust = with_total(np.array([organisations[row].social_capital for row in range(count)]))
    readiness = with_total(np.array([organisations[row].readiness for row in range(count)]))
    for row in range(count + 1):
        results[row].social_capital = trust[row]
        results[row].trust_mean = ratio_rule(trust[row], known[row])
        results[row].readiness_mean = ratio_rule(readiness[row], known[row])
    by_origin = np.zeros(count + 1)  # those of the background, whose origin is -1, come last
    for row in range(len(ties)):
        by_origin[ties[row].origin] += 1.0
    for row in range(count):
        result, organisation = results[row], organisations[row]
        result.members = organisation.members
        # Kept up to date by `processes.appearances`: firms and relations seen, and seen in one calendar year only.
        result.one_year_only_share = ratio_rule(organisation.seen_once, organisation.seen)
        result.participants_unique_cumulative = organisation.seen + organisation.institutions_ever
        result.ties_cluster = by_origin[row]
        result.ties_firm_institution = by_origin[row]
    programme = results[count]
    programme.members = counted.members
    programme.one_year_only_share = ratio_rule(counted.seen_once, counted.seen)
    programme.participants_unique_cumulative = counted.seen + counted.institutions_ever
    programme.ties_background = by_origin[count]
    programme.ties_firm_institution = len(ties)


@loop
def depth(results: Rows[Any], flows: Rows[Flow], projects: Rows[Project]) -> None:
    """Members come and gone, applications, projects and innovations; ``flows`` with their sums."""
    for row in range(len(flows)):
        result, flow = results[row], flows[row]
        result.members_joined = flow.members_joined
        result.members_left = flow.members_left
        result.applications_submitted = flow.applications
        result.applications_won = flow.won
        result.applications_hidden = flow.applications_hidden
        result.projects_pilot_started = flow.projects_pilot
        result.projects_external_started = flow.projects_external
        result.projects_completed = flow.completed
        result.projects_withdrawn = flow.withdrawn
        result.projects_running = 0.0
        result.innovations_projects = flow.innovations_projects
        result.innovations = flow.innovations_projects + flow.innovations_participation
    for row in range(len(projects)):
        if projects[row].running:
            results[projects[row].organisation].projects_running += 1.0
