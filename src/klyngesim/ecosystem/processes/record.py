"""Step 14: what the quarter leaves in the tables: registered activity, stocks and money, by organisation and in all."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.ledger import OERE_PER_MKR
from klyngesim.ecosystem.processes.matchmaking import contact_hours
from klyngesim.ecosystem.processes.spending import ufs_part
from klyngesim.ecosystem.relations import live as live_relations
from klyngesim.ecosystem.state import World
from klyngesim.exact import total
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.results.indicators import IDS, INDICATORS
from klyngesim.results.vocabulary import FIRM_CLASSES
from klyngesim.streams import Decision, Floats

_COLUMN = {name: place for place, name in enumerate(IDS)}
_SUMMED = np.array([indicator.across == "sum" for indicator in INDICATORS])
_CLASSES = tuple(word.id for word in FIRM_CLASSES)


def ratio(part: Floats, whole: Floats) -> Floats:
    """The part over the whole, NaN where there is no whole."""
    some = whole > 0.0
    return np.where(some, part / np.where(some, whole, 1.0), np.nan)


def with_total(values: Floats) -> Floats:
    """Values by organisation with their sum as last entry, shape (O + 1,)."""
    out = np.empty(len(values) + 1)
    out[:-1] = values
    out[-1] = values.cumsum()[-1]
    return out


def bound_rule(posts: Floats, hours_year: float, productive: Floats) -> tuple[Floats, Floats]:
    """Hours a quarter that administration and coordination bind, and all hours of the posts."""
    hours = posts * hours_year / 4.0
    return np.maximum(0.0, hours - productive), hours


def registered_rule(larger: Floats, micro: Floats, match_micro: float, match_rate: Floats) -> Floats:
    """Participants of the own stronghold that the register match finds; micro firms are found less often."""
    return np.asarray((larger + match_micro * micro) * match_rate)


def present_rule(visits: Floats) -> Floats:
    """Chance that an institution with so many expected visits is among the participants of the year."""
    return np.asarray(visits / (1.0 + visits))


def record(world: World, out: Floats) -> None:
    """Writes one quarter.

    Args:
        world: state after all steps, books closed.
        out: row of `RunResult.indicators`, shape (O + 1, K), filled with NaN.
    """
    put: dict[str, Floats] = {}
    registered_activity(world, put)
    if world.period % 4 == 3:
        year(world, put)  # before the stocks, which count the institutions of the year
    stocks(world, put)
    depth(world, put)
    money(world, put)
    for name, values in put.items():
        column = _COLUMN[name]
        out[: len(values), column] = values
    # What is counted by organisation only is summed for the programme.
    counted = [_COLUMN[name] for name, values in put.items() if len(values) == world.count]
    summed = np.array(counted)[_SUMMED[counted]]
    out[world.count, summed] = total(out[: world.count, summed], axis=0)


def registered_activity(world: World, put: dict[str, Floats]) -> None:
    """Activities, participations and who takes part, as the programme's registration counts them."""
    flows = world.flows
    dissemination, abroad = flows.activities_dissemination, flows.activities_internationalisation
    put["activities_dissemination"], put["activities_internationalisation"] = dissemination, abroad
    put["activities_application"], put["activities_project"] = flows.applications_registered, flows.projects_pilot
    put["activities"] = dissemination + abroad + flows.applications_registered + flows.projects_pilot
    firms = flows.participations
    put["participations_firms"] = firms
    put["participations_institutions"] = flows.participations_institutions
    put["new_participants"] = np.append(flows.first_pairs, world.programme.first_firms)
    put["contacts"], put["seats_offered"], put["willing_firms"] = flows.contacts, flows.seats_offered, flows.willing
    put["fill_rate"] = ratio(with_total(firms), with_total(flows.seats_offered))
    present = {name: with_total(flows.present[:, code]) for code, name in enumerate(_CLASSES)}
    danish = present["micro"] + present["small"] + present["medium"] + present["large"]
    put["small_firm_share"] = ratio(present["micro"] + present["small"], danish)
    put["medium_firm_share"] = ratio(present["medium"], danish)
    put["large_firm_share"] = ratio(present["large"], danish)
    put["foreign_firm_share"] = ratio(with_total(flows.participations_foreign), with_total(firms))
    outside = with_total(flows.present_outside)
    put["outside_stronghold_share"] = ratio(outside, outside + with_total(flows.present_inside))
    events = with_total(dissemination + abroad)
    for name in ("university", "gts", "university_college"):
        visits = flows.institutions_present[:, INSTITUTION_TYPES.index(name)]
        put[f"{name}_presence_share"] = ratio(with_total(visits), events)


def stocks(world: World, put: dict[str, Floats]) -> None:
    """Members, relations, trust, readiness and ties at the end of the quarter."""
    relations, contacts = world.relations, world.contacts
    put["members"] = np.append(world.organisations.members, float(np.count_nonzero(contacts.joined > 0)))
    put["members_joined"], put["members_left"] = world.flows.members_joined, world.flows.members_left
    live = live_relations(world)
    where = relations.organisation.take(live)
    number = with_total(world.per_organisation(where))
    trust = with_total(world.per_organisation(where, relations.trust.take(live)))
    put["social_capital"] = trust
    put["trust_mean"] = ratio(trust, number)
    readiness = (contacts.mean + contacts.excess).take(relations.contact.take(live))
    put["readiness_mean"] = ratio(with_total(world.per_organisation(where, readiness)), number)
    # Kept up to date by `processes.appearances`: firms and relations seen, and seen in one calendar year only.
    organisations, programme = world.organisations, world.programme
    seen = np.append(organisations.seen, programme.seen)
    put["one_year_only_share"] = ratio(np.append(organisations.seen_once, programme.seen_once), seen)
    ever = np.append(organisations.institutions_ever, programme.institutions_ever)
    put["participants_unique_cumulative"] = seen + ever
    # By organisation; the background, whose origin is -1, comes first.
    by_origin = np.bincount(world.ties.origin + 1, minlength=world.count + 1).astype(np.float64)
    by_cluster = by_origin[1:]
    put["ties_cluster"] = by_cluster
    put["ties_background"] = np.append(np.full(world.count, np.nan), by_origin[0])
    put["ties_firm_institution"] = np.append(by_cluster, float(world.ties.count))


def depth(world: World, put: dict[str, Floats]) -> None:
    """Applications, projects and innovations."""
    flows, projects = world.flows, world.projects
    put["applications_submitted"], put["applications_won"] = flows.applications, flows.won
    put["applications_hidden"] = flows.applications_hidden
    put["projects_pilot_started"], put["projects_external_started"] = flows.projects_pilot, flows.projects_external
    put["projects_completed"], put["projects_withdrawn"] = flows.completed, flows.withdrawn
    put["projects_running"] = world.per_organisation(projects.organisation[projects.running])
    put["innovations_projects"] = flows.innovations_projects
    put["innovations"] = flows.innovations_projects + flows.innovations_participation


def money(world: World, put: dict[str, Floats]) -> None:
    """Grant, own and external money of the quarter in mkr, and the state of the organisations."""
    ledger, organisations = world.ledger, world.organisations

    def grant(line: str) -> Floats:
        return np.asarray(ledger.grant_line(line).sum(axis=(1, 2)) / OERE_PER_MKR, dtype=np.float64)

    def own(account: str) -> Floats:
        return ledger.booked(account) / OERE_PER_MKR

    put["grant_spent_mkr"] = spent = grant("spent") + grant("passed_on")
    put["grant_balance_mkr"], put["grant_awarded_mkr"] = grant("closing"), grant("awarded")
    put["grant_passed_on_mkr"], put["grant_returned_mkr"] = grant("passed_on"), grant("returned")
    put["withheld_mkr"] = ledger.pot.sum(axis=(1, 2)) / OERE_PER_MKR
    put["fees_mkr"], put["sponsorship_mkr"] = own("own_fees"), own("own_sponsorship")
    put["external_public_mkr"], put["external_eu_mkr"] = own("external_public"), own("external_eu")
    put["external_private_mkr"] = world.plan.private
    put["external_other_mkr"], put["inkind_mkr"] = own("external_other"), world.plan.inkind
    put["private_cofinancing_ratio_cash"] = ratio(with_total(world.plan.private), with_total(spent))
    put["private_cofinancing_ratio_ufs"] = ratio(
        with_total(world.plan.private + world.plan.inkind), with_total(ufs_part(world))
    )
    put["cash_mkr"] = ledger.own / OERE_PER_MKR
    put["staff_fte"], put["staff_left_fte"] = world.organisations.staff, world.flows.staff_left
    hours_year = world.policy.num("staff.hours_year")
    productive = total(world.plan.hours) + contact_hours(world.policy.vec("contact_staff.fte"), hours_year)
    bound, hours = bound_rule(world.organisations.staff, hours_year, productive)
    put["admin_share"] = ratio(with_total(bound), with_total(hours))
    put["organisations_active"] = organisations.open.astype(np.float64)
    put["organisations_failed"] = world.flows.failed
    put["external_legacy_mkr"] = world.plan.legacy
    put["external_transfer_mkr"], put["external_additional_mkr"] = world.plan.transfer, world.plan.additional
    weight = np.array([world.policy.num("grant.ufs_share"), 1.0 - world.policy.num("grant.ufs_share")])
    years = total(organisations.support * weight)
    still = int(np.count_nonzero(organisations.open))
    put["expected_support_years"] = np.append(years, float(total(years)) / max(1.0, float(still)))
    put["competing_actors"] = np.append(np.full(world.count, np.nan), world.environment.actors)


def year(world: World, put: dict[str, Floats]) -> None:
    """Yearly counts at Q4: unique participants, pairs, start-ups, return rate and the register's view (Table 3)."""
    organisations, programme = world.organisations, world.programme
    pairs, firms = organisations.year_pairs, float(programme.year_firms)
    institutions = institutions_this_year(world)
    put["participants_unique_year"] = np.append(pairs, firms) + institutions
    put["participants_pairs_year"] = pairs + institutions[:-1]
    put["startups_participating_year"] = np.append(organisations.year_startup_pairs, float(programme.year_startups))
    put["registered_own_stronghold_year"] = registered_rule(
        organisations.year_own_larger,
        organisations.year_own_micro,
        world.policy.num("register.match_micro"),
        world.policy.vec("register.match_rate"),
    )
    if world.period > 3:
        before = with_total(organisations.last_year_pairs)
        put["return_rate"] = ratio(with_total(organisations.year_returned), before)
    organisations.last_year_pairs = pairs
    organisations.year_pairs = organisations.year_startup_pairs = organisations.year_returned = 0.0
    organisations.year_own_micro = organisations.year_own_larger = 0.0
    programme.year_firms = programme.year_startups = 0


def add_to_year(world: World) -> None:
    """Adds this quarter's first appearances to the sums of the calendar year."""
    organisations, flows, programme = world.organisations, world.flows, world.programme
    organisations.year_pairs += flows.fresh_pairs
    organisations.year_startup_pairs += flows.startup_pairs
    organisations.year_own_micro += flows.own_micro
    organisations.year_own_larger += flows.own_larger
    organisations.year_returned += flows.returned_pairs
    organisations.year_presence += flows.institutions_present
    programme.year_firms += programme.fresh_firms
    programme.year_startups += programme.startup_firms


def institutions_this_year(world: World) -> Floats:
    """Institutions that took part this year by organisation and in all, shape (O + 1,).

    An institution with ``v`` expected visits to an organisation is among its participants with chance v / (1 + v).
    """
    plan = world.institutions.plan
    number = np.maximum(1, np.bincount(plan.kind, minlength=len(INSTITUTION_TYPES)))
    visits = (world.organisations.year_presence / number)[:, plan.kind]
    ids = np.arange(world.count)[:, None] * 4096 + np.arange(len(plan.kind))[None, :]
    draw = world.streams.uniform(Decision.INSTITUTION_PRESENT, world.period, ids.ravel()).reshape(ids.shape)
    came = draw < present_rule(visits)
    world.organisations.year_presence = 0.0
    seen = world.institutions.seen
    seen |= came
    world.organisations.institutions_ever = seen.sum(axis=1)
    world.programme.institutions_ever = int(seen.any(axis=0).sum())
    return np.append(came.sum(axis=1), came.any(axis=0).sum()).astype(np.float64)
