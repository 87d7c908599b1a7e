"""Tables with a row for every cluster organisation: what lasts, this quarter's plan, what is counted, and the start.

Rows stand in the order of Table 2; O is the number of organisations. Money is in mkr.
A column says what it holds where its name does not.
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.tables import Row, Rows, Table, flag, real, reals, whole, wholes
from klyngesim.ecosystem.totals import add_up


class Organisation(Row):
    """State of a cluster organisation (klyngeorganisation) that lasts from quarter to quarter."""

    stronghold = whole()  # index of its stronghold
    first_post = whole()  # first of its posts
    portfolio_posts = whole()  # posts that relations are shared among
    open = flag()  # whether it exists
    vacant_until = whole()  # quarter in which its area gets a new organisation
    mandate_start = whole()  # first quarter of the organisation now in office
    quality = real()  # its brokerage skill (1 = as calibrated)
    funded = wholes(2)  # 1 where a funder (UFS, DEB) supports it
    period_start = wholes(2)  # of the grant of each funder
    period_end = wholes(2)  # first quarter after it
    grant_cut = reals(2)  # share of the grant left by the rule on co-financing
    late_award = reals(2)  # award that waits for a decision
    support = reals(2)  # expected remaining support H of each funder, years
    support_ratio = real()  # H over its usual level
    short_quarters = whole()  # consecutive ones without liquidity
    liquidity = real()  # share of plans that cash allows
    staff = real()  # posts that are filled
    contact_staff = real()  # people beside them who work with institutions only
    external_year = real()  # lasting external income a year
    own_income = real()  # own income a quarter that running costs follow
    own_free = real()  # what it left of own income beyond running costs, for activities
    own_use = real()  # own money used on activities a quarter, smoothed
    sponsored = real()  # sponsorship that is to pay seats of small firms
    offered = real()  # activities in all over the usual, of a year, smoothed
    business = real()  # external projects and own income a quarter, smoothed
    grant_use = reals(2)  # grant of each funder used a quarter, smoothed
    equity = real()  # own cash and claims on the funders as the quarter began
    private_ratio = real()  # private money over the start, smoothed
    reach = real()  # effect on recruiting (1 = common behaviour)
    loyalty = real()  # effect on returning
    joining = real()  # effect on joining
    leaving = real()  # effect on giving up membership
    activities_done = reals(4)  # running total by type, before rounding
    activities_shift = reals(4)  # fixed shifts that round it
    otherwise_done = reals(2, 2)  # running total of those paid by own income and by projects, by type of meeting
    applications_done = real()  # running total, before rounding
    written = real()  # applications written for firms in a quarter, smoothed
    presence = reals(6)  # share of activities with each type of institution
    partnership = reals(6)  # strength of its relation with each type, 0-1
    presence_done = reals(6)  # running total of those activities, before rounding
    presence_shift = reals(6)  # fixed shifts that round it
    score_history = reals(20, 4)  # reach, applications, real private money and grant, by quarter of the last five years
    score_start = reals(4)  # their yearly mean in the first years in office after the start-up year
    score_recent = real()  # score of the last years against that, 1 until there is one
    year_pairs = real()  # relations of the calendar year
    year_pairs_all = real()  # those at activities that the grant does not pay included
    year_startup_pairs = real()  # with start-ups
    year_own_micro = real()  # of the own stronghold, with micro firms
    year_own_larger = real()  # and with larger ones
    year_returned = real()  # with firms that came the year before too
    last_year_pairs = real()  # relations of the year before
    year_private = real()  # private money of the year
    year_ufs = real()  # UFS money of the year
    year_presence = reals(6)  # activities of the year with each type of institution
    members = real()  # as matchmaking begins
    known = real()  # live relations as the quarter ends
    social_capital = real()  # their trust, summed up
    readiness = real()  # that of their firms, summed up
    live = real()  # live relations, none where the organisation is closed
    seen = real()  # relations that took part since 2021
    seen_once = real()  # and in one calendar year only
    institutions_ever = real()  # institutions that took part since 2021


class Organisations(Organisation, Table[Organisation]):
    """All cluster organisations.

    Attributes:
        ids: names in the order of Table 2.
    """

    ids: tuple[str, ...] = ()


class Plan(Row):
    """What an organisation has to work with in a quarter, and what it plans."""

    grant_year = reals(2)  # grant a year of each funder
    spent = real()  # grant used
    passed_on = real()  # of it, passed on to institutions and other partners
    measures = real()  # cost of policy measures
    topped = real()  # what the state adds for a dearer mix
    routed = real()  # money of initiatives that use it as platform
    posts = real()  # that it can afford
    hours = reals(5)  # productive hours by task of `planning.EFFORTS`
    effort = reals(5)  # their split
    brokering = real()  # hours for brokering, those of contact staff included
    hours_shift = real()  # rounds whole things out of hours
    mix = reals(4)  # shares of activities by type
    activities_expected = reals(4)  # their number before rounding
    activities = wholes(4)  # and whole
    otherwise_expected = reals(2, 2)  # meetings paid by own income and by external projects, by type
    otherwise = wholes(2, 2)  # and whole
    firm_seats = wholes(2)  # offered at dissemination and at internationalisation, whoever pays
    sponsored_seats = whole()  # of these for small firms only, as sponsors pay them
    institution_seats = wholes(2)  # seats for institutions at what the grant pays
    applications = whole()  # that hours allow
    pilots = whole()  # that money allows
    visit_time = real()  # hours of institutions for an activity (1 = as at the start)
    pilot_time = real()  # and for a pilot
    private = real()  # private money
    inkind = real()  # hours in kind
    legacy = real()  # external income from before 2021
    transfer = real()  # won from Danish pots
    additional = real()  # won from the EU


class Plans(Plan, Table[Plan]):
    """The quarter of all organisations."""


class Flow(Row):
    """What is counted for an organisation while a quarter happens, zero as it begins."""

    activities_dissemination = real()
    activities_internationalisation = real()
    activities_own = real()  # meetings paid by own income
    activities_external = real()  # and by external projects
    contacts = real()
    willing = real()  # firms that want to come
    seats_offered = real()
    participations = real()  # at what the grant pays
    participations_all = real()  # whoever pays
    participations_foreign = real()
    participations_institutions = real()
    present = reals(5)  # firms by class
    present_inside = real()  # of the stronghold
    present_outside = real()
    institutions_present = reals(6)  # activities with each type
    fresh_pairs = real()  # relations for the first time this year
    fresh_pairs_all = real()  # whoever pays the activity
    first_pairs = real()  # for the first time at all
    startup_pairs = real()  # with start-ups
    returned_pairs = real()  # after the year before
    own_micro = real()  # of the own stronghold, with micro firms
    own_larger = real()  # and with larger ones
    innovations_participation = real()
    innovations_projects = real()
    applications = real()
    applications_registered = real()
    applications_hidden = real()
    won = real()
    projects_pilot = real()  # started
    projects_external = real()  # started
    completed = real()
    withdrawn = real()
    members_joined = real()
    members_left = real()
    staff_left = real()
    failed = real()  # 1 where it ran out of money
    evaluated = real()  # 1 where it was evaluated
    grant_lost = real()  # 1 where that cost it the grant


class Flows(Flow, Table[Flow]):
    """What is counted in a quarter."""

    def with_programme(self) -> Rows[Flow]:
        """The rows of all organisations and, as last one, their sums, shape (O + 1,)."""
        rows = self.reserve(1)[: self.count + 1]
        numbers = rows.view(np.float64).reshape(len(rows), -1)
        add_up(numbers, np.arange(numbers.shape[1]))
        return rows


class Reference(Row):
    """What an organisation did at the start (2021-2023), worked out from the report's tables and the parameters."""

    grant_quarter = real()
    grant_share = real()  # of all grants
    spent_share = real()  # what all organisations used of the budget
    support = real()  # expected support that people are used to, years
    external_quarter = reals(3)  # external income: public, EU, other
    private_quarter = real()  # private money
    staff_posts = real()
    project_load = real()  # weight of projects in its hours
    hours = reals(5)  # productive hours by task
    care = real()  # hours for keeping for each live relation
    mix = reals(4)  # shares of activities by type
    unit_cost = real()  # money for an activity of weight 1
    pilot_cost_share = real()  # of pilots in what activities cost
    meeting_cost_share = real()  # of meetings in it
    activity_share = real()  # of external income that pays open activities
    activities_quarter = reals(4)  # by type
    hours_per_application = real()
    applications_quarter = real()
    award_mkr = real()  # mean award
    eu_share = real()  # applications that go to the EU
    project_cash_quarter = real()  # firms' cash in projects
    sponsorship_quarter = real()
    foundations_quarter = real()
    fees_quarter = real()
    own_income_quarter = real()  # covers running costs
    own_activity_quarter = real()  # and pays activities
    external_activity_quarter = real()  # external money that pays activities
    meetings_otherwise = real()  # a quarter, paid by these two
    business_quarter = real()  # external income and private money
    fee_scale = real()  # fees paid over those listed
    list_fees = reals(5)  # by class of the firm, kr. a year
    large_members = real()
    reach = real()  # as in `Organisation`
    loyalty = real()
    joining = real()
    leaving = real()
    seats_quarter = real()  # seats taken
    firm_participants = real()  # firms that took part
    member_stock = real()  # members at 2021Q1
    proposals = reals(4)  # contacts proposed in a quarter, by role
    contact_roles = reals(4)  # shares of contacts by role
    role_answers = reals(4)  # chances of a yes by role
    export_pull = real()  # exporter ratio less one relative to the common one
    presence = reals(6)  # share of activities with each type of institution
    partnership = reals(6)  # strength of its relation with each type
    brokering = real()  # hours for brokering
    passed_on = real()  # grant passed on to institutions and other partners
    written_quarter = real()  # applications written for firms, of which some become joint ones


class References(Reference, Table[Reference]):
    """All organisations at the start."""
