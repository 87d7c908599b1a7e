"""Tables with a row for every cluster organisation: what lasts, this quarter's plan, what is counted, and the start.

Rows stand in the order of Table 2; O is the number of organisations. Money is in mkr.
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.tables import Row, Rows, Table, flag, real, reals, whole, wholes
from klyngesim.exact import total


class OrganisationColumns:
    """State of the cluster organisations (klyngeorganisationer) that lasts from quarter to quarter.

    Columns:
        stronghold: index of its stronghold; first_post, portfolio_posts: first of its posts, and the number of posts
            that relations are shared among.
        open: whether it exists; vacant_until: when its area gets a new organisation; mandate_start: first quarter of
            the organisation now in office; quality: its brokerage skill (1 = as calibrated).
        funded, period_start, period_end: 1 where a funder (UFS, DEB) supports it, and its grant period.
        grant_cut: share of the grant left by the rule on co-financing; late_award: award that waits for a decision.
        support: expected remaining support H of each funder, years; support_ratio: H over its usual level.
        short_quarters: consecutive quarters without liquidity; liquidity: share of plans that cash allows.
        staff: posts that are filled; external_year: lasting external income a year; own_income: own income a quarter
            that running costs follow; private_ratio: private money over the start, smoothed.
        reach, loyalty, joining: organisation effects on recruiting, returning and joining (1 = common behaviour).
        activities_done, applications_done, presence_done: running totals of what was planned, before rounding;
            activities_shift, presence_shift: fixed shifts that round them.
        presence: share of activities with each type of institution.
        score_history: participants, applications and private money of the last four quarters; score_start: their
            sums in the second year in office; score_recent: score of the last four quarters against that.
        year_pairs, year_startup_pairs, year_own_micro, year_own_larger, year_returned: relations of the calendar
            year: all, with start-ups, of the own stronghold by size, of firms that came the year before too;
            last_year_pairs: of the year before; year_private, year_ufs: private money and UFS money of the year;
            year_presence: activities of the year with each type of institution.
        members, open_ideas: members, and ideas without a partner as matchmaking begins.
        known, social_capital, readiness: live relations as the quarter ends, their trust and the readiness of their
            firms, summed up; live: live relations, none where the organisation is closed.
        seen, seen_once: relations that took part since 2021, and in one calendar year only; institutions_ever:
            institutions that took part since 2021.
    """

    stronghold = whole()
    first_post = whole()
    portfolio_posts = whole()
    open = flag()
    vacant_until = whole()
    mandate_start = whole()
    quality = real()
    funded = wholes(2)
    period_start = wholes(2)
    period_end = wholes(2)
    grant_cut = reals(2)
    late_award = reals(2)
    support = reals(2)
    support_ratio = real()
    short_quarters = whole()
    liquidity = real()
    staff = real()
    external_year = real()
    own_income = real()
    private_ratio = real()
    reach = real()
    loyalty = real()
    joining = real()
    activities_done = reals(4)
    activities_shift = reals(4)
    applications_done = real()
    presence = reals(6)
    presence_done = reals(6)
    presence_shift = reals(6)
    score_history = reals(4, 3)
    score_start = reals(3)
    score_recent = real()
    year_pairs = real()
    year_startup_pairs = real()
    year_own_micro = real()
    year_own_larger = real()
    year_returned = real()
    last_year_pairs = real()
    year_private = real()
    year_ufs = real()
    year_presence = reals(6)
    members = real()
    open_ideas = real()
    known = real()
    social_capital = real()
    readiness = real()
    live = real()
    seen = real()
    seen_once = real()
    institutions_ever = real()


class Organisation(OrganisationColumns, Row):
    """A cluster organisation."""


class Organisations(OrganisationColumns, Table[Organisation]):
    """All cluster organisations.

    Attributes:
        ids: names in the order of Table 2.
    """

    ids: tuple[str, ...] = ()


class PlanColumns:
    """What an organisation has to work with in a quarter, and what it plans.

    Columns:
        grant_year: grant a year of each funder; spent: grant used; measures: cost of policy measures; routed: money
            of initiatives that use it as platform.
        posts: posts that it can afford; hours, effort: productive hours by task of `planning.EFFORTS`, and their split.
        mix, activities_expected, activities: shares of activities by type, their number before rounding, and whole.
        firm_seats, institution_seats: seats offered to them at dissemination and at internationalisation.
        applications, pilots: applications that hours allow, and pilots that money allows; hours_shift: rounds whole
            things out of hours.
        private, inkind: private money, and hours in kind, of the quarter.
        legacy, transfer, additional: external income from before 2021, won from Danish pots, won from the EU.
    """

    grant_year = reals(2)
    spent = real()
    measures = real()
    routed = real()
    posts = real()
    hours = reals(5)
    effort = reals(5)
    hours_shift = real()
    mix = reals(4)
    activities_expected = reals(4)
    activities = wholes(4)
    firm_seats = wholes(2)
    institution_seats = wholes(2)
    applications = whole()
    pilots = whole()
    private = real()
    inkind = real()
    legacy = real()
    transfer = real()
    additional = real()


class Plan(PlanColumns, Row):
    """One organisation's quarter."""


class Plans(PlanColumns, Table[Plan]):
    """The quarter of all organisations."""


class FlowColumns:
    """What is counted for an organisation while a quarter happens, zero as it begins.

    Columns: activities_dissemination, activities_internationalisation; contacts; willing (firms that want to come);
    seats_offered; participations, participations_foreign, participations_institutions; present (firms by class),
    present_inside, present_outside (of the stronghold), institutions_present (activities with each type); fresh_pairs
    (relations for the first time this year), first_pairs (at all), startup_pairs, returned_pairs (after the year
    before), own_micro, own_larger (of the own stronghold, by size); innovations_participation, innovations_projects;
    applications, applications_registered, applications_hidden, won; projects_pilot, projects_external (started),
    completed, withdrawn; members_joined, members_left; staff_left; failed.
    """

    activities_dissemination = real()
    activities_internationalisation = real()
    contacts = real()
    willing = real()
    seats_offered = real()
    participations = real()
    participations_foreign = real()
    participations_institutions = real()
    present = reals(5)
    present_inside = real()
    present_outside = real()
    institutions_present = reals(6)
    fresh_pairs = real()
    first_pairs = real()
    startup_pairs = real()
    returned_pairs = real()
    own_micro = real()
    own_larger = real()
    innovations_participation = real()
    innovations_projects = real()
    applications = real()
    applications_registered = real()
    applications_hidden = real()
    won = real()
    projects_pilot = real()
    projects_external = real()
    completed = real()
    withdrawn = real()
    members_joined = real()
    members_left = real()
    staff_left = real()
    failed = real()


class Flow(FlowColumns, Row):
    """What is counted for one organisation."""


class Flows(FlowColumns, Table[Flow]):
    """What is counted in a quarter."""

    def with_programme(self) -> Rows[Flow]:
        """The rows of all organisations and, as last one, their sums, shape (O + 1,)."""
        rows = self.reserve(1)[: self.count + 1]
        numbers = rows.view(np.float64).reshape(len(rows), -1)
        numbers[-1] = total(numbers[:-1], axis=0)
        return rows


class ReferenceColumns:
    """What an organisation did at the start (2021-2023), worked out from the report's tables and the parameters.

    Columns:
        grant_quarter, grant_share, spent_share: grant of a quarter, share of all grants, and what all organisations
            used of the budget; support: expected support that people are used to, years.
        external_quarter: external income of a quarter (public, EU, other); private_quarter: private money.
        staff_posts; project_load: weight of projects in its hours; hours: productive hours by task; care: hours for
            keeping for each live relation.
        unit_cost: money for an activity of weight 1; pilot_cost_share; activities_quarter: activities by type.
        hours_per_application, applications_quarter, award_mkr, eu_share: of applications.
        project_cash_quarter, sponsorship_quarter, foundations_quarter, fees_quarter, own_income_quarter: money.
        turnover_year, equity_target; fee_scale: fees paid over those listed; large_members.
        reach, loyalty, joining: see `OrganisationColumns`; seats_quarter: seats taken.
        firm_participants: firms that took part; member_stock: members at 2021Q1.
        proposals, contact_roles, role_answers: contacts proposed in a quarter, shares of contacts and chances of a yes
            by role; export_pull: exporter ratio less one relative to the common one.
        presence: share of activities with each type of institution.
    """

    grant_quarter = real()
    grant_share = real()
    spent_share = real()
    support = real()
    external_quarter = reals(3)
    private_quarter = real()
    staff_posts = real()
    project_load = real()
    hours = reals(5)
    care = real()
    unit_cost = real()
    pilot_cost_share = real()
    activities_quarter = reals(4)
    hours_per_application = real()
    applications_quarter = real()
    award_mkr = real()
    eu_share = real()
    project_cash_quarter = real()
    sponsorship_quarter = real()
    foundations_quarter = real()
    fees_quarter = real()
    own_income_quarter = real()
    turnover_year = real()
    equity_target = real()
    fee_scale = real()
    large_members = real()
    reach = real()
    loyalty = real()
    joining = real()
    seats_quarter = real()
    firm_participants = real()
    member_stock = real()
    proposals = reals(4)
    contact_roles = reals(4)
    role_answers = reals(4)
    export_pull = real()
    presence = reals(6)


class Reference(ReferenceColumns, Row):
    """One organisation at the start."""


class References(ReferenceColumns, Table[Reference]):
    """All organisations at the start."""
