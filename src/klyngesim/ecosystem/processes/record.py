"""Step 14: what the quarter leaves in the tables: registered activity, stocks and money, by organisation and in all.

A row of results has a field for every indicator (`results.indicators`). The programme's row stands below those of the
organisations: what is summed is added up at the end, and everything else is worked out for it as for them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.bookings import grant_used
from klyngesim.ecosystem.by_organisation import Flow
from klyngesim.ecosystem.ledger import AWARDED, CLOSING, DEB, OERE_PER_MKR, PASSED_ON, RETURNED, SPENT, UFS
from klyngesim.ecosystem.processes.money_in import funder_shares
from klyngesim.ecosystem.processes.planning import contact_hours
from klyngesim.ecosystem.processes.policy import separate_output
from klyngesim.ecosystem.processes.record_year import record_year
from klyngesim.ecosystem.rows import Tie
from klyngesim.ecosystem.settings import number, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.totals import add_up, ratio_rule, summed, with_total
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.population.strongholds import LARGE, MEDIUM, MICRO, SMALL
from klyngesim.results.indicators import IDS, INDICATORS
from klyngesim.streams import Floats

RESULT = np.dtype((np.record, np.dtype([(name, np.float64) for name in IDS], align=True)))
"""A row of results: one number for every indicator."""
_SUMMED = np.array([column for column, indicator in enumerate(INDICATORS) if indicator.across == "sum"])
_UNIVERSITY, _GTS, _UNIVERSITY_COLLEGE = map(INSTITUTION_TYPES.index, ("university", "gts", "university_college"))


class Terms(NamedTuple):
    """Parameters of what is said of the organisations."""

    hours_year: float = number("staff.hours_year")
    funder_share: Floats = worked_out(funder_shares)


@rule
def bound_rule(posts: float, hours_year: float, productive: float) -> tuple[float, float]:
    """Hours a quarter that administration and coordination bind, and all hours of the posts."""
    hours = posts * hours_year / 4.0
    return max(0.0, hours - productive), hours


@rule
def mkr(oere: int) -> float:
    """Øre in million kroner."""
    return oere / OERE_PER_MKR


def record(world: World, out: Floats) -> None:
    """Writes one quarter.

    Args:
        world: state after all steps, books closed.
        out: row of `RunResult.indicators`, shape (O + 1, K), filled with NaN.
    """
    results, flows, programme = out.view(RESULT)[:, 0], world.flows.with_programme(), world.programme
    if world.period % 4 == 3:
        record_year(world, results)  # before the stocks, which count the institutions of the year
    write(results, world.state, flows, world.ties.rows, world.policy.terms(Terms))
    everybody = results[world.count]
    everybody.new_participants, everybody.members = programme.first_firms, programme.members
    everybody.one_year_only_share = ratio_rule(programme.seen_once, programme.seen)
    everybody.participants_unique_cumulative = programme.seen + programme.institutions_ever
    everybody.competing_actors = world.environment.actors
    everybody.activities_initiatives, everybody.participations_initiatives = separate_output(world)
    add_up(out, _SUMMED)


@loop
def write(results: Rows[Any], state: State, flows: Rows[Flow], ties: Rows[Tie], terms: Terms) -> None:
    """Writes what is worked out by organisation; ``flows`` are those of the organisations and their sums."""
    activity(results, flows)
    stocks(results, state, ties)
    money(results, state)
    shares(results, state, terms)


@loop
def activity(results: Rows[Any], flows: Rows[Flow]) -> None:
    """What happened in the quarter and who took part, as the programme's registration counts it."""
    for row in range(len(flows)):
        result, flow = results[row], flows[row]
        events = flow.activities_dissemination + flow.activities_internationalisation
        result.activities_dissemination = flow.activities_dissemination
        result.activities_internationalisation = flow.activities_internationalisation
        result.activities_application = flow.applications_registered
        result.activities_project = flow.projects_pilot
        result.activities = events + flow.applications_registered + flow.projects_pilot
        result.activities_own = flow.activities_own
        result.activities_external = flow.activities_external
        result.activities_all = result.activities + flow.activities_own + flow.activities_external
        result.participations_firms = flow.participations
        result.participations_firms_all = flow.participations_all
        result.participations_institutions = flow.participations_institutions
        result.new_participants = flow.first_pairs
        result.contacts = flow.contacts
        result.seats_offered = flow.seats_offered
        result.willing_firms = flow.willing
        result.fill_rate = ratio_rule(flow.participations_all, flow.seats_offered)
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
        result.members_joined = flow.members_joined
        result.members_left = flow.members_left
        result.applications_submitted = flow.applications
        result.applications_won = flow.won
        result.applications_hidden = flow.applications_hidden
        result.projects_pilot_started = flow.projects_pilot
        result.projects_external_started = flow.projects_external
        result.projects_completed = flow.completed
        result.projects_withdrawn = flow.withdrawn
        result.innovations_projects = flow.innovations_projects
        result.innovations = flow.innovations_projects + flow.innovations_participation
        result.staff_left_fte = flow.staff_left
        result.organisations_failed = flow.failed
        result.organisations_evaluated = flow.evaluated
        result.organisations_withdrawn = flow.grant_lost


@loop
def stocks(results: Rows[Any], state: State, ties: Rows[Tie]) -> None:
    """Organisations, members, firms and institutions seen, projects and ties at the end of the quarter."""
    by_origin = np.zeros(len(results))  # those of the background, whose origin is -1, come last
    for tie in ties:
        by_origin[tie.origin] += 1.0
    for row in range(len(state.organisations)):
        result, organisation = results[row], state.organisations[row]
        result.organisations_active = 1.0 if organisation.open else 0.0
        result.staff_fte = organisation.staff + organisation.contact_staff
        result.members = organisation.members
        # Kept up to date by `processes.appearances`: firms and relations seen, and seen in one calendar year only.
        result.one_year_only_share = ratio_rule(organisation.seen_once, organisation.seen)
        result.participants_unique_cumulative = organisation.seen + organisation.institutions_ever
        result.ties_cluster = result.ties_firm_institution = by_origin[row]
        result.projects_running = 0.0
    results[-1].ties_background, results[-1].ties_firm_institution = by_origin[-1], len(ties)
    for project in state.projects:
        if project.running:
            results[project.organisation].projects_running += 1.0


@loop
def money(results: Rows[Any], state: State) -> None:
    """Grant, own and external money of the quarter in mkr."""
    for row in range(len(state.organisations)):
        result, plan, book = results[row], state.plans[row], state.accounts.book[row]
        lines = book.grant
        result.grant_spent_mkr = mkr(lines[:, :, SPENT].sum()) + mkr(lines[:, :, PASSED_ON].sum())
        result.grant_balance_mkr = mkr(lines[:, :, CLOSING].sum())
        result.grant_awarded_mkr = mkr(lines[:, :, AWARDED].sum())
        result.grant_passed_on_mkr = mkr(lines[:, :, PASSED_ON].sum())
        result.grant_returned_mkr = mkr(lines[:, :, RETURNED].sum())
        result.withheld_mkr = mkr(state.accounts.purses[row].pot.sum())
        result.fees_mkr = mkr(book.own_fees)
        result.sponsorship_mkr = mkr(book.own_sponsorship)
        result.external_public_mkr = mkr(book.external_public)
        result.external_eu_mkr = mkr(book.external_eu)
        result.external_private_mkr = plan.private
        result.external_other_mkr = mkr(book.external_other)
        result.external_legacy_mkr = plan.legacy
        result.external_transfer_mkr = plan.transfer
        result.external_additional_mkr = plan.additional
        result.inkind_mkr = plan.inkind
        result.cash_mkr = mkr(book.own_closing)
        here = state.organisations[row].open
        result.equity_mkr = state.organisations[row].equity if here else 0.0
        result.grant_vacant_mkr = 0.0 if here else plan.grant_year.sum() / 4.0


@loop
def shares(results: Rows[Any], state: State, terms: Terms) -> None:
    """Trust and readiness, private money over the grant, hours bound by administration, and expected support."""
    organisations, plans, count = state.organisations, state.plans, len(state.organisations)
    known = with_total(np.array([each.known for each in organisations]))
    trust = with_total(np.array([each.social_capital for each in organisations]))
    readiness = with_total(np.array([each.readiness for each in organisations]))
    spent = with_total(np.array([results[row].grant_spent_mkr for row in range(count)]))
    ufs = with_total(np.array([mkr(grant_used(state.accounts, row, UFS)) for row in range(count)]))
    private = with_total(np.array([plan.private for plan in plans]))
    and_hours = with_total(np.array([plan.private + plan.inkind for plan in plans]))
    bound, hours, support, still = np.zeros(count), np.zeros(count), np.zeros(count), 0.0
    for row in range(count):
        organisation = organisations[row]
        productive = summed(plans[row].hours) + contact_hours(organisation.contact_staff, terms.hours_year)
        people = organisation.staff + organisation.contact_staff
        bound[row], hours[row] = bound_rule(people, terms.hours_year, productive)
        for funder in (UFS, DEB):
            support[row] += organisation.support[funder] * terms.funder_share[funder]
        still += 1.0 if organisation.open else 0.0
    bound, hours, support = with_total(bound), with_total(hours), with_total(support)
    support[count] /= max(1.0, still)
    for row in range(count + 1):
        result = results[row]
        result.social_capital = trust[row]
        result.trust_mean = ratio_rule(trust[row], known[row])
        result.readiness_mean = ratio_rule(readiness[row], known[row])
        result.private_cofinancing_ratio_cash = ratio_rule(private[row], spent[row])
        result.private_cofinancing_ratio_ufs = ratio_rule(and_hours[row], ufs[row])
        result.admin_share = ratio_rule(bound[row], hours[row])
        result.expected_support_years = support[row]
