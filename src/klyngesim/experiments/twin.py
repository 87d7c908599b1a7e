"""One firm followed through a scenario: its state, what there was around it, and where two of its lives first differ.

Luck has fixed addresses, so that two worlds with the same seed are equal until a lever tells them apart. What is
compared is compared exactly. Why two lives part is the subject of `klyngesim.experiments.twin_causes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from klyngesim.ecosystem import agents
from klyngesim.ecosystem.model import Ecosystem
from klyngesim.errors import InputError
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.schema import Scenario

if TYPE_CHECKING:
    from klyngesim.ecosystem.state import World

Value = Scalar | bool | int | None
Cells = Mapping[tuple[str, str], float]
"""What there is around a firm in a quarter, by place (an organisation, `ENVIRONMENT`, an institution) and measure."""

ENVIRONMENT = "environment"
LEVELS = ("trust", "readiness", "hours", "strength")
"""Aspects that move by small steps and part long before something else happens to a firm."""
_WITHOUT: Mapping[str, Value] = {"times": 0, "member": False, "known": False, "trust": 0.0, "strength": 0.0}
_OF_KNOWN = ("open", "staff")  # nothing to a firm that has no live relation with the organisation


class Trait(NamedTuple):
    """Something that can differ: the aspect, what it is about, and the organisation behind it (empty: none)."""

    aspect: str
    about: str = ""
    organisation: str = ""


class Difference(NamedTuple):
    """A trait that differs, with its value in A and B; None where it is not there."""

    trait: Trait
    a: Value
    b: Value


@dataclass(frozen=True)
class FirmState:
    """A firm as a quarter ends (``period``; -1 = before the first).

    alive: whether it is in business in the next quarter; readiness: 0-1; hours: engagement hours used in the calendar
    year; relations: in the order in which they began; shut: organisations among them that are closed; ideas: open
    ones with their permanent numbers, oldest first; ties: with units of knowledge institutions.
    """

    period: int
    alive: bool
    readiness: float
    hours: float
    relations: tuple[agents.RelationRecord, ...]
    shut: frozenset[str]
    ideas: tuple[tuple[int, agents.EpisodeRecord], ...]
    ties: tuple[agents.TieRecord, ...]

    def traits(self) -> dict[Trait, Value]:
        """Everything about it that is compared."""
        found: dict[Trait, Value] = {Trait("alive"): self.alive}
        for known in self.relations:
            of = known.organisation
            found |= {Trait("contact", "", of): known.first, Trait("times", "", of): known.times}
            found |= {Trait("member", "", of): known.member, Trait("known", "", of): known.trust > 0.0}
            found[Trait("trust", "", of)] = known.trust
            if known.trust > 0.0:
                found |= {Trait("open", "", of): of not in self.shut, Trait("staff", "", of): known.staff}
        for number, idea in self.ideas:
            found[Trait("idea", str(number), idea.organisation)] = idea.stage
            found[Trait("partner", str(number), idea.organisation)] = idea.institution
        for tie in self.ties:
            found[Trait("tie", unit(tie), tie.origin)] = tie.last
            found[Trait("strength", unit(tie), tie.origin)] = tie.strength
        return found | {Trait("readiness"): self.readiness, Trait("hours"): self.hours}


class Life(NamedTuple):
    """A firm's states (the first before 2021Q1, then one a quarter) and what there was around it in each quarter."""

    firm: Mapping[str, str | int | bool | None]
    states: tuple[FirmState, ...]
    around: tuple[Cells, ...]


def unit(tie: agents.TieRecord) -> str:
    """Name of the unit at the other end of a tie, such as ``university-3.2``."""
    return f"{tie.institution}.{tie.unit}"


def firm_state(firm: agents.Firm) -> FirmState:
    """The state of a firm after the last quarter simulated."""
    model, world = firm.model, firm.model.world
    contacts, contact = world.contacts, int(world.acquaintances.contact[firm.row]) - 1
    used = contact >= 0 and int(contacts.year[contact]) == (world.period - 1) // 4
    numbers = world.episodes.number[world.episodes.contact == contact].tolist() if contact >= 0 else []
    relations = firm.relations
    return FirmState(
        period=world.period - 1,
        alive=firm.alive,
        readiness=firm.readiness,
        hours=float(contacts.hours[contact]) if used else 0.0,
        relations=relations,
        shut=frozenset(r.organisation for r in relations if not model.organisation(r.organisation).open),
        ideas=tuple(zip(numbers, firm.episodes, strict=True)),
        ties=firm.ties,
    )


def surroundings(firm: agents.Firm) -> dict[tuple[str, str], float]:
    """What there was around a firm in the last quarter simulated: all organisations, environment, its institutions."""
    model, world = firm.model, firm.model.world
    found = {(ENVIRONMENT, name): float(getattr(world.environment, name)) for name in ("attention", "actors", "price")}
    for name in world.organisations.ids:
        found |= {(name, measure): value for measure, value in _measures(model.organisation(name), world).items()}
    partners = {tie.institution for tie in firm.ties} | {idea.institution for idea in firm.episodes}
    for name in sorted(partner for partner in partners if partner):
        institution = model.institution(name)
        found |= {(name, "partnership"): institution.partnership, (name, "engagements"): institution.engagements}
    return found


def _measures(organisation: agents.ClusterOrganisation, world: World) -> dict[str, float]:
    place = organisation.index
    support, done = organisation.expected_support_years, organisation.activities
    offered = world.plan.firm_seats.sum(axis=1)
    return {
        "open": float(organisation.open),
        "grant_mkr": sum(sum(accounts.values()) for accounts in organisation.grant_mkr.values()),
        "cash_mkr": organisation.cash_mkr,
        "liquidity": organisation.liquidity,
        "support_ufs": support["ufs"],
        "support_deb": support["deb"],
        "posts": float(world.plan.posts[place]),
        "staff": float(world.organisations.staff[place]),
        "activities": float(done["dissemination"] + done["internationalisation"]),
        "projects": float(done["project"]),
        "applications": float(world.plan.applications[place]),
        "seats": float(offered[place]),
        "willing": float(world.flows.willing[place]),
        "contacts": float(world.flows.contacts[place]),
        **{f"hours_{task}": hours for task, hours in organisation.hours.items()},
        "live": float(world.organisations.live[place]),
        "institutions": float(world.organisations.presence[place].sum()),
        "private_ratio": float(world.organisations.private_ratio[place]),
        "fee_level": float(world.policy.vec("fees.level")[place]),
    }


def follow(scenario: Scenario, seed: int, unique_id: int, last: int | None = None) -> Life:
    """Runs a scenario until it ends, or through the quarter ``last``, and notes one firm. Raises InputError."""
    model = Ecosystem(scenario, seed)
    try:
        firm = model.firm(unique_id)
    except KeyError:
        known = ", ".join(f"{ident} ({size})" for size, ident in suggestions(model).items())
        raise InputError(f"no firm has the id {unique_id} here; organisations know {known}, for example") from None
    traits = ("unique_id", "size_class", "industry_group", "employees", "exporter", "born", "closes")
    about = {name: getattr(firm, name) for name in traits}
    states, around = [firm_state(firm)], []
    while model.running and (last is None or model.period <= last):
        model.step()
        states.append(firm_state(firm))
        around.append(surroundings(firm))
    return Life(about, tuple(states), tuple(around))


def suggestions(model: Ecosystem) -> dict[str, int]:
    """Ids of firms worth following: of each class of SMEs the one with most memberships."""
    known = {firm for name in model.world.organisations.ids for firm in model.organisation(name).known_firms}
    busiest = sorted(known, key=lambda firm: (firm.membership_count, -firm.unique_id))
    best = {firm.size_class: firm.unique_id for firm in busiest}
    return {size: best[size] for size in ("micro", "small", "medium") if size in best}


def known_firms(scenario: Scenario, seed: int, cluster: str | None, size: str | None, most: int) -> list[agents.Firm]:
    """Firms that organisations know before the first quarter, those with most memberships first.

    Args:
        scenario: with the population.
        seed: of the run.
        cluster: only those that this organisation knows; None = any.
        size: only those of a class; None = any.
        most: how many.
    """
    model = Ecosystem(scenario, seed)
    names = model.world.organisations.ids if cluster is None else (cluster,)
    known = {firm.unique_id: firm for name in names for firm in model.organisation(name).known_firms}
    wanted = (firm for firm in known.values() if size is None or firm.size_class == size)
    return sorted(wanted, key=lambda firm: (-firm.membership_count, firm.unique_id))[:most]


def differences(a: FirmState, b: FirmState, levels: bool = True) -> tuple[Difference, ...]:
    """Everything in which two states differ, to the last bit; without ``levels``, `LEVELS` are left out."""
    one, other = a.traits(), b.traits()
    found = []
    for trait in dict.fromkeys([*one, *other]):
        aspect, values = trait.aspect, tuple(had.get(trait, _WITHOUT.get(trait.aspect)) for had in (one, other))
        asked = levels or aspect not in LEVELS
        if values[0] != values[1] and asked and (aspect not in _OF_KNOWN or (trait in one and trait in other)):
            found.append(Difference(trait, *values))
    return tuple(found)


def first_difference(a: Sequence[FirmState], b: Sequence[FirmState], levels: bool = True) -> int | None:
    """Quarter of the first pair of states that differ (see `differences`), None when none do."""
    pairs = zip(a, b, strict=False)
    return next((one.period for one, other in pairs if differences(one, other, levels)), None)
