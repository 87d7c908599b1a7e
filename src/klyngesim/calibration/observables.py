"""Observing a model that has run 2021Q1-2023Q4: every observable of `calibration.catalogue`, by organisation."""

from __future__ import annotations

import numpy as np

from klyngesim.calibration.catalogue import OBSERVABLES
from klyngesim.ecosystem.model import Ecosystem
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Bools
from klyngesim.evidence.catalogue import facts_about
from klyngesim.exact import median
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.population.strongholds import ABROAD, LARGE, MAIN, MEDIUM, MICRO, OUTSIDE, SUPPORTING
from klyngesim.results.indicators import index
from klyngesim.results.records import PROGRAMME
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints

QUARTERS = 12
"""Quarters of 2021-2023, the window of all observables."""

_LEFT_BEFORE = -1000  # `membership.end` marks relations whose membership ended with a quarter this low or lower
_BUDGET_YEARS = 4.0

Observed = dict[tuple[str, str], float]
"""Values by (observable, organisation or "all")."""


def observe(model: Ecosystem) -> Observed:
    """Every observable of a model.

    Args:
        model: an ecosystem that has been stepped from 2021Q1 to the end of 2023Q4, and no further.

    Returns:
        Value by (observable, cluster), units of `catalogue.OBSERVABLES`; NaN = not defined (a share of nothing).

    Raises:
        ValueError: the model did not start at 2021Q1 or did not take 12 steps.
    """
    if model.scenario.start != 0 or model.world.period != QUARTERS:
        raise ValueError(
            f"observables describe 2021Q1-2023Q4: a scenario that starts at 2021Q1, after {QUARTERS} steps, not after "
            f"{model.world.period}; use period.end: 2023Q4"
        )
    world, rows = model.world, model.indicators[:QUARTERS]
    put: dict[str, Floats] = {}
    _reach(world, rows, put)
    _members(world, put)
    _who(world, put)
    _own(world, rows, put)
    _activity(model, rows, put)
    _trend(world, rows, put)
    _money(world, rows, put)
    _slopes(put)
    return _named(put, world.organisations.ids)


def _named(put: dict[str, Floats], ids: tuple[str, ...]) -> Observed:
    """Arrays of 13, 14 or 1 values (each, both, all) under their names."""
    clusters = {"each": ids, "both": (*ids, PROGRAMME), "all": (PROGRAMME,)}
    found: Observed = {}
    for name, one in OBSERVABLES.items():
        for cluster, value in zip(clusters[one.where], put[name], strict=True):
            found[name, cluster] = float(value)
    return found


def _sum(rows: Floats, name: str) -> Floats:
    """A flow over the window, by organisation and for the programme."""
    return np.asarray(rows[:, :, index(name)].sum(axis=0))


def _share(part: Floats, whole: Floats) -> Floats:
    some = whole > 0.0
    return np.where(some, part / np.where(some, whole, 1.0), np.nan)


def _one(value: float) -> Floats:
    return np.array([value])


def active_in(world: World, year: int) -> Bools:
    """Relations with participation in a calendar year (0 = 2021 ... 2), shape of the table of relations."""
    relations = world.relations
    recent = (relations.last_year == year) | (relations.previous_year == year)
    # A relation notes its last two years only; active in three years of three, it was active in each.
    return np.asarray(recent | (relations.years == QUARTERS // 4))


def _reach(world: World, rows: Floats, put: dict[str, Floats]) -> None:
    """Unique participants, years of participation, returning and seats."""
    ever = rows[-1, :, index("participants_unique_cumulative")]
    put["participants"] = ever
    put["participants_sum"] = _one(float(ever[:-1].sum()))
    put["participants_overlap"] = _one(float(ever[:-1].sum() / ever[-1]))
    put["one_year_share"] = rows[-1, :, index("one_year_only_share")]
    contacts = world.contacts
    young = (contacts.startup_year >= 0) & (contacts.years > 0)
    put["one_year_share_startups"] = _one(_mean(contacts.years[young] == 1))
    put["return_rate"] = rows[-1, :, index("return_rate")]
    put["firm_participations"] = _sum(rows, "participations_firms")


def _mean(values: Bools | Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _members(world: World, put: dict[str, Floats]) -> None:
    """Members in the reading in force: at the end of 2023, or at any time since 2021Q1."""
    relations = world.relations
    counted = relations.member.copy()
    if world.policy.word("membership.reading") == "ever_2021_23":
        counted |= relations.since <= _LEFT_BEFORE
    pairs = np.flatnonzero(counted)
    each = world.per_organisation(relations.organisation[pairs])
    unique = float(len(np.unique(relations.contact[pairs])))
    put["members"] = np.append(each, unique) / world.policy.num("members.firm_share")
    put["members_sum"] = _one(float(each.sum()) / world.policy.num("members.firm_share"))
    put["members_overlap"] = _share(_one(float(each.sum())), _one(unique))


def _who(world: World, put: dict[str, Floats]) -> None:
    """Size, role and origin of the Danish firms that took part 2021-2023 (Figures 5 and 9)."""
    relations = world.relations
    came = np.flatnonzero((relations.years > 0) & (relations.role != ABROAD))
    organisation, role = relations.organisation[came], relations.role[came]
    size = world.contacts.size[relations.contact[came]]
    count = world.per_organisation(organisation)
    for name, chosen in (
        ("large_firm_share", size == LARGE),
        ("medium_firm_share", size == MEDIUM),
        ("outside_share", role == OUTSIDE),
        ("main_share", role == MAIN),
        ("supporting_share", role == SUPPORTING),
    ):
        put[name] = _share(world.per_organisation(organisation[chosen]), count)
    for name in ("large_firm_share", "medium_firm_share"):
        known = {fact.cluster for fact in facts_about(name)}
        named = np.array([cluster in known for cluster in world.organisations.ids])
        put[f"{name}_named"] = _one(float(put[name][named].mean()))
        if name == "large_firm_share":
            put[f"{name}_others"] = _one(float(np.median(put[name][~named])))
    put["outside_majorities"] = _one(float(np.count_nonzero(put["outside_share"] > 0.5)))


def own_pairs(world: World, year: int) -> Ints:
    """Relations that Tables 3 and 4 are about: own-stronghold firms that took part in a year, before matching.

    Main firms, and the supporting ones that Table 3 counts along: the draw is the one of
    `appearances.count_fresh`, so that both count the same firms.
    """
    relations, plan = world.relations, world.register.plan
    own = np.flatnonzero(active_in(world, year) & ((relations.role == MAIN) | (relations.role == SUPPORTING)))
    chance = plan.counted_support[world.organisations.stronghold[relations.organisation[own]]]
    drawn = world.streams.uniform(Decision.MATCH_REGISTER, 0, relations.pair[own]) < chance
    return np.asarray(own[(relations.role[own] == MAIN) | drawn], dtype=np.int64)


def _own(world: World, rows: Floats, put: dict[str, Floats]) -> None:
    """Own-stronghold participants of 2021: how many the register finds, how large, how many export (Tables 3, 4)."""
    put["own_registered"] = rows[3, :-1, index("registered_own_stronghold_year")]
    own = own_pairs(world, 0)
    contact, organisation = world.relations.contact[own], world.relations.organisation[own]
    employees = world.register.employees(world.contacts.row[contact])
    exporter = world.contacts.exporter[contact]
    # Expected over the register match, so that the luck of who is found adds no noise.
    found = np.where(world.contacts.size[contact] == MICRO, world.policy.num("register.match_micro"), 1.0)
    each = [np.flatnonzero((organisation == place) & (found > 0.0)) for place in range(world.count)]
    put["own_median_employees"] = np.array([median(employees[at], found[at]) if len(at) else np.nan for at in each])
    put["own_export_share"] = _share(
        *(world.per_organisation(organisation, weight) for weight in (found * exporter, found))
    )
    told = world.policy.vec("participants.export_share") > 0.0
    put["own_export_share_mean"] = _one(float(put["own_export_share"][told].mean()))
    put["stronghold_export_share"] = export_shares(world)


def export_shares(world: World) -> Floats:
    """Expected share of exporters among the main firms of each organisation's stronghold, shape (O,)."""
    plan, chance = world.register.plan, world.register.traits.exporter_by_cell
    main = [plan.group == world.organisations.stronghold[place] for place in range(world.count)]
    return np.array([np.average(chance[at], weights=plan.firms[at]) for at in main])


def _activity(model: Ecosystem, rows: Floats, put: dict[str, Floats]) -> None:
    """Activities, institutions at them, pilots, foreign firms."""
    world = model.world
    put["activities"], put["pilots"] = _sum(rows, "activities"), _sum(rows, "projects_pilot_started")[:-1]
    seats = rows[:, :-1, index("participations_firms")]
    foreign = np.nan_to_num(rows[:, :-1, index("foreign_firm_share")]) * seats
    put["foreign_share"] = _share(foreign.sum(axis=0), seats.sum(axis=0))
    events = _sum(rows, "activities_dissemination")[:-1] + _sum(rows, "activities_internationalisation")[:-1]
    for code, kind in enumerate(INSTITUTION_TYPES[:-1]):
        put[f"presence_{kind}"] = _share(world.organisations.presence_done[:, code], events)
    funnel = world.tally.funnel()
    entered = (funnel.to_stage == STAGE["pilot"]) & (funnel.from_stage != STAGE["pilot"])
    put["pilot_firms"] = world.per_organisation(funnel.organisation[entered], funnel.count[entered].astype(np.float64))


def _trend(world: World, rows: Floats, put: dict[str, Floats]) -> None:
    """2023 against 2021: firms and start-ups."""
    relations = world.relations
    first, last = (np.flatnonzero(active_in(world, year)) for year in (0, 2))
    unique = [float(len(np.unique(relations.contact[pairs]))) for pairs in (first, last)]
    put["firms_ratio"] = _share(_one(unique[1]), _one(unique[0]))
    change = world.per_organisation(relations.organisation[last]) - world.per_organisation(
        relations.organisation[first]
    )
    named = {fact.cluster for fact in facts_about("participating_firms_trend")}
    three = np.array([cluster in named for cluster in world.organisations.ids])
    put["firms_change_three"], put["firms_change_ten"] = _one(change[three].sum()), _one(change[~three].sum())
    put["firms_falling"] = _one(float(np.count_nonzero(change < 0)))
    startups = rows[:, :-1, index("startups_participating_year")]
    then, now = startups[3], startups[11]
    falls = now < then
    put["startups_2021"], put["startups_2023"] = _one(then.sum()), _one(now.sum())
    put["startups_ratio_falling"] = _share(_one(now[falls].sum()), _one(then[falls].sum()))
    put["startups_ratio_rising"] = _share(_one(now[~falls].sum()), _one(then[~falls].sum()))
    put["startups_falling"] = _one(float(np.count_nonzero(falls)))


def _money(world: World, rows: Floats, put: dict[str, Floats]) -> None:
    """Grant spent and external income over the three years, mio. kr."""
    put["grant_spent"] = _sum(rows, "grant_spent_mkr")
    budget = _BUDGET_YEARS * world.policy.num("grant.budget_mkr_year")
    put["grant_spent_share"] = _one(float(put["grant_spent"][-1]) / budget)
    sources = ("public", "eu", "private", "other")
    for source in sources:
        put[f"external_{source}"] = _sum(rows, f"external_{source}_mkr")
    put["external"] = np.asarray(sum(put[f"external_{source}"] for source in sources))
    put["private_to_grant"] = _share(put["external_private"][:-1], put["grant_spent"][:-1])


def _slopes(put: dict[str, Floats]) -> None:
    """Ordinary least squares over the organisations, per mio. kr. of grant."""
    grant = put["grant_spent"][:-1] - put["grant_spent"][:-1].mean()
    for what in ("activities", "participants", "members"):
        put[f"{what}_slope"] = _one(float((grant * put[what][:-1]).sum() / (grant * grant).sum()))
