"""What changes when firms can no longer be contacted: only what they touched.

Without scarcity a firm that is left out changes nobody who never worked with it. With one scarce resource switched on
at a time every difference leads back to it: somebody else is asked with the hours, sits on the seat, or applies in a
call with more money left.
"""

import numpy as np
import pytest

from klyngesim.results.indicators import IDS
from klyngesim.results.vocabulary import STAGE
from tests.alignment.runs import UNLIMITED, assert_identical, changed_firms, different, trace

WITH_PROJECT = {STAGE[name] for name in ("pilot", "application", "external_project")}


def strangers(run):
    """Firms that no organisation knew in 2021Q1 and that were asked later, in a fixed order."""
    return sorted(firm for firm in run.asked() if firm not in run.inherited)


def relations_of(run):
    """Relations at the end by firm."""
    found = {}
    for (firm, organisation), state in run.quarters[-1].relations.items():
        found.setdefault(firm, {})[organisation] = state
    return found


def project_firms(run):
    """Quarter in which a firm's idea is first seen in a pilot, an application or an external project."""
    found = {}
    for period, quarter in enumerate(run.quarters):
        for stage, firm in quarter.ideas.values():
            if stage in WITH_PROJECT:
                found.setdefault(firm, period)
    return found


def regulars(run, count):
    """Strangers who took part at least twice, were never members and never in a project."""
    relations, projects = relations_of(run), project_firms(run)
    members = {firm for quarter in run.quarters for (firm, _), state in quarter.relations.items() if state[1]}
    fitting = [
        firm
        for firm in strangers(run)
        if firm not in projects and firm not in members and sum(s[3] for s in relations.get(firm, {}).values()) >= 2
    ]
    assert len(fitting) >= count, "the runs are too small to find a regular participant"
    return fitting[:: max(1, len(fitting) // count)][:count]


def never_asked(run, count):
    """Firms that nobody ever asked and nobody knew, from all industries and sizes."""
    asked = run.asked()
    fitting = [firm for firm in run.firms if firm not in asked and firm not in run.inherited]
    return fitting[:: len(fitting) // count][:count]


@pytest.mark.parametrize("name", ["scarce", "unlimited"])
def test_firms_that_nobody_asks_leave_no_gap(name, request):
    """Not even with scarcity: who was never asked takes nothing from anybody."""
    whole = request.getfixturevalue(name)
    firms = never_asked(whole, 50)
    assert len(firms) == 50
    without = trace({} if name == "scarce" else UNLIMITED, banned=firms)
    assert_identical(whole.result, without.result)
    assert without.quarters[-1].relations == whole.quarters[-1].relations


def test_firms_that_only_refused_leave_their_refusals_only(unlimited):
    relations = relations_of(unlimited)
    refused = [firm for firm in strangers(unlimited) if firm not in relations][:50]
    assert len(refused) == 50
    without = trace(UNLIMITED, banned=refused)
    apart = different(unlimited.result.indicators, without.result.indicators).any(axis=(0, 1))
    assert [name for name, differs in zip(IDS, apart, strict=True) if differs] == ["contacts"]
    for period, quarter in enumerate(unlimited.quarters):
        fewer = np.zeros(14)
        for _, organisation in (pair for pair in quarter.asked if pair[0] in set(refused)):
            fewer[[organisation, 13]] += 1
        drop = unlimited.column("contacts")[period] - without.column("contacts")[period]
        assert drop.tolist() == fewer.tolist()
    assert np.array_equal(unlimited.result.finance, without.result.finance)
    assert without.quarters[-1].relations == unlimited.quarters[-1].relations


@pytest.mark.parametrize("place", [0, 1])
def test_a_participant_changes_nobody_it_never_worked_with(unlimited, place):
    """Relations and ideas of all other firms stay, and organisations that it never met do not notice."""
    firm = regulars(unlimited, 2)[place]
    without = trace(UNLIMITED, banned=[firm])
    for period, (whole, gone) in enumerate(zip(unlimited.quarters, without.quarters, strict=True)):
        changed = changed_firms(whole, gone) - {firm}
        assert not changed, f"quarter {period}: {len(changed)} other firms differ, such as {min(changed)}"
    apart = different(unlimited.result.indicators, without.result.indicators)[:, :13].any(axis=(0, 2))
    assert set(apart.nonzero()[0].tolist()) <= unlimited.organisations_of(firm)


def test_until_a_firm_enters_a_consortium_nobody_else_differs(unlimited):
    """In the quarter in which it would have entered, only firms of its consortium may differ."""
    entered = {firm: period for firm, period in project_firms(unlimited).items() if period >= 2}
    firm = next(firm for firm in strangers(unlimited) if firm in entered)
    period = entered[firm]
    without = trace(UNLIMITED, banned=[firm])
    partners = {each for group in unlimited.quarters[period].consortia.values() if firm in group for each in group}
    for before in range(period):
        assert changed_firms(unlimited.quarters[before], without.quarters[before]) <= {firm}
    assert changed_firms(unlimited.quarters[period], without.quarters[period]) <= partners


def new_members(run):
    """Strangers who became members of an organisation and never entered a project, in a fixed order."""
    projects = project_firms(run)
    members = {firm for quarter in run.quarters for (firm, _), state in quarter.relations.items() if state[1]}
    return [firm for firm in strangers(run) if firm in members and firm not in projects]


@pytest.mark.parametrize("place", [0, 1])
def test_a_member_changes_its_organisations_books_and_nobody_else(unlimited, place):
    """Its fee is missing from the cash of its organisation; no other firm and no other organisation notices."""
    firm = new_members(unlimited)[place]
    without = trace(UNLIMITED, banned=[firm])
    for whole, gone in zip(unlimited.quarters, without.quarters, strict=True):
        assert changed_firms(whole, gone) <= {firm}
    apart = different(unlimited.result.indicators, without.result.indicators)[:, :13].any(axis=(0, 2))
    assert set(apart.nonzero()[0].tolist()) <= unlimited.organisations_of(firm)
    fees = unlimited.column("fees_mkr") - without.column("fees_mkr")
    assert (fees[:, :13] >= 0.0).all() and fees[:, :13].any()


@pytest.mark.parametrize("place", [0, *(pytest.param(more, marks=pytest.mark.slow) for more in (1, 2))])
def test_an_applicant_changes_only_those_it_worked_with(unlimited, place):
    """Who differs worked with the firm in a project or application, or with somebody who did, in either run."""
    entered = project_firms(unlimited)
    firm = [each for each in strangers(unlimited) if each in entered][place]
    without = trace(UNLIMITED, banned=[firm])
    touched = {firm}
    for period, (whole, gone) in enumerate(zip(unlimited.quarters, without.quarters, strict=True)):
        for group in (*whole.consortia.values(), *gone.consortia.values()):
            if group & touched:
                touched |= group
        assert changed_firms(whole, gone) <= touched, f"quarter {period}"
    met = set().union(*(unlimited.organisations_of(each) | without.organisations_of(each) for each in touched))
    apart = different(unlimited.result.indicators, without.result.indicators)[:, :13].any(axis=(0, 2))
    assert set(apart.nonzero()[0].tolist()) <= met


ONLY_HOURS = {**UNLIMITED, "scarcity.hours": "on"}
ONLY_SEATS = {**UNLIMITED, "scarcity.seats": "on"}
ONLY_POTS = {**UNLIMITED, "scarcity.pots": "on"}


def test_with_scarce_hours_somebody_else_is_asked_instead():
    """With all firms: among few, proposals fall on firms that are known already and hours are left over."""
    settings = {"end": "2021Q2", "scale": 1.0}
    whole = trace(ONLY_HOURS, **settings)
    relations = relations_of(whole)
    firm = next(firm for firm in strangers(whole) if firm in relations)
    period = whole.asked()[firm]
    without = trace(ONLY_HOURS, banned=[firm], **settings)
    for before in range(period):
        assert not changed_firms(whole.quarters[before], without.quarters[before])
    here, there = whole.quarters[period], without.quarters[period]
    touched = {organisation for each, organisation in here.asked if each == firm}
    instead = there.asked - here.asked
    assert {pair for pair in here.asked - there.asked} == {(firm, organisation) for organisation in touched}
    assert {organisation for _, organisation in instead} == touched
    assert len(instead) == len(touched)  # the hours allow as many contacts as before
    assert np.array_equal(whole.column("contacts")[period], without.column("contacts")[period])
    assert changed_firms(here, there) <= {firm} | {other for other, _ in instead}


def attended(quarter, period):
    """(firm, organisation) that took part in this quarter."""
    return {pair for pair, state in quarter.relations.items() if state[4] == period}


def test_with_scarce_seats_somebody_else_sits_there():
    few = {"seats.dissemination_firms": 6.0, "seats.internationalisation_firms": 6.0}
    settings = {"end": "2021Q3", "timeline": [{"from": "2021Q2", "set": few}]}
    whole = trace(ONLY_SEATS, **settings)
    period = 1
    seats = attended(whole.quarters[period], period)
    first = whole.asked()
    firm = next(f for f in strangers(whole) if first[f] == period and any(pair[0] == f for pair in seats))
    without = trace(ONLY_SEATS, banned=[firm], **settings)
    assert not changed_firms(whole.quarters[0], without.quarters[0])
    here, there = attended(whole.quarters[period], period), attended(without.quarters[period], period)
    given_up = {pair for pair in here if pair[0] == firm}
    taken = there - here
    assert here - there == given_up
    assert {organisation for _, organisation in taken} <= {organisation for _, organisation in given_up}
    assert 1 <= len(taken) <= len(given_up)  # rooms are small enough for somebody to wait outside
    for _, organisation in taken:
        full = sum(pair[1] == organisation for pair in here)
        assert full == sum(pair[1] == organisation for pair in there)
        assert whole.column("willing_firms")[period, organisation] > full
    # Who takes the seat was turned away before; everybody else is where they were.
    assert changed_firms(whole.quarters[period], without.quarters[period]) <= {firm} | {other for other, _ in taken}


def test_with_scarce_pots_the_chances_of_others_change_first():
    """Organisations that a lone applicant never met differ only after a call had more money left for the others."""
    whole = trace(ONLY_POTS)
    lone = {}
    for period, quarter in enumerate(whole.quarters[:9]):
        # Whoever closes before the decision is in no call.
        waiting = whole.quarters[period + 1].ideas.values()
        applying = {
            firm for stage, firm in quarter.ideas.values() if stage == STAGE["application"] and (stage, firm) in waiting
        }
        for group in quarter.consortia.values():
            if len(group) == 1 and group <= applying:
                lone.setdefault(next(iter(group)), period)
    members = {firm for quarter in whole.quarters for (firm, _), state in quarter.relations.items() if state[1]}
    firm = next(firm for firm in strangers(whole) if firm in lone and firm not in members)
    without = trace(ONLY_POTS, banned=[firm])
    chances = [one.success != other.success for one, other in zip(whole.quarters, without.quarters, strict=True)]
    assert any(chances), "the application was decided in a call like any other"
    first = chances.index(True)
    assert first > lone[firm]
    never_met = [place for place in range(13) if place not in whole.organisations_of(firm)]
    apart = different(whole.result.indicators, without.result.indicators)[:first, never_met]
    assert not apart.any()
    for before in range(lone[firm]):
        assert changed_firms(whole.quarters[before], without.quarters[before]) <= {firm}


def test_with_scarce_money_a_fee_reaches_others_through_the_cash_of_the_organisation(unlimited):
    """Without the member its organisation has less cash first; whoever else differs is of that organisation."""
    whole = trace({**UNLIMITED, "scarcity.money": "on"}, end="2025Q4")
    firm = new_members(whole)[0]
    without = trace({**UNLIMITED, "scarcity.money": "on"}, banned=[firm], end="2025Q4")
    own = whole.organisations_of(firm)
    cash = different(whole.column("cash_mkr"), without.column("cash_mkr"))[:, :13]
    plans = different(whole.column("seats_offered"), without.column("seats_offered"))[:, :13]
    assert cash.any()
    for period in range(len(whole.quarters)):
        others = set(plans[period].nonzero()[0].tolist())
        assert others <= own and (not others or cash[:period].any())
