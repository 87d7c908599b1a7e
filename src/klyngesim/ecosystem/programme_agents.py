"""Those who make the conditions: the programme authority, the two funders and the other support actors."""

from __future__ import annotations

from dataclasses import dataclass

from klyngesim.ecosystem.ledger import FUNDERS, OERE_PER_MKR, UFS
from klyngesim.ecosystem.processes.policy import life_rule
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.views import Registered, Shown, parameter
from klyngesim.scenario.periods import label
from klyngesim.scenario.schema import Lever

FUNDER_NAMES = ("Uddannelses- og Forskningsstyrelsen (UFS)", "Danmarks Erhvervsfremmebestyrelse (DEB)")


@dataclass(frozen=True)
class GrantPeriod:
    """The grant period that a funder has given an organisation: first and last quarter."""

    first: str
    last: str


def budget(world: World) -> float:
    """Yearly budget of both funders before indexation, mkr."""
    return world.policy.num("grant.budget_mkr_year") * world.policy.num("grant.budget_factor")


class ProgrammeAuthority(Registered):
    """The programme authority: budget, length of grants, evaluation, and who is in the programme.

    Attributes:
        budget_mkr_year: yearly budget of both funders before indexation, mkr.
        horizon_years: length of the grant period inside which UFS awards yearly amounts.
        evaluation_every_years: years between evaluations that can cost the grant; 0 = none.
        evaluation_threshold: score against the own starting point below which the grant is withdrawn.
        organisations: ids of the organisations that are open now.
    """

    budget_mkr_year = Shown[float](lambda world, _: budget(world))
    horizon_years = parameter("grant.horizon_years")
    evaluation_every_years = parameter("evaluation.every_years")
    evaluation_threshold = parameter("evaluation.threshold")
    organisations = Shown[tuple[str, ...]](
        lambda world, _: tuple(
            name for name, is_open in zip(world.organisations.ids, world.organisations.open, strict=True) if is_open
        )
    )

    @property
    def levers_in_force(self) -> tuple[Lever, ...]:
        """Entries of the scenario's timeline that have taken effect by now."""
        return tuple(lever for lever in self.model.scenario.timeline if lever.start <= self.model.period)

    @property
    def levers_announced(self) -> tuple[Lever, ...]:
        """Entries of the timeline that everybody knows of and that are still to come."""
        now = self.model.period
        return tuple(lever for lever in self.model.scenario.timeline if lever.announced <= now < lever.start)


def budget_of(world: World, index: int) -> float:
    """Part of a funder in the yearly budget before indexation, mkr."""
    ufs = world.policy.num("grant.ufs_share")
    return budget(world) * (ufs if index == UFS else 1.0 - ufs)


def grant_periods(world: World, index: int) -> dict[str, GrantPeriod]:
    """Present grant period of every organisation that a funder supports."""
    found = world.organisations
    return {
        name: GrantPeriod(label(int(found.period_start[row, index])), label(int(found.period_end[row, index]) - 1))
        for row, name in enumerate(found.ids)
        if found.funded[row, index]
    }


def withheld(world: World, index: int) -> dict[str, float]:
    """Money that a funder withholds from each organisation, mkr."""
    amounts = world.ledger.pot[:, index].sum(axis=1) / OERE_PER_MKR
    return dict(zip(world.organisations.ids, amounts.tolist(), strict=True))


class Funder(Registered):
    """A funder of the programme (``ufs`` or ``deb``) with its own calendar.

    Attributes:
        budget_mkr_year: its part of the yearly budget before indexation, mkr.
        horizon_years: length of a grant period.
        calendar: present grant period of every organisation that it supports.
        instalments_per_year: payments (rater) a year.
        credit_months: mean time from spending to payment (kreditperiode), months.
        holdback_share: share of its payments withheld until reports are approved (tilbageholdt); only UFS withholds.
        withheld_mkr: money withheld from each organisation, mkr.
        balance_mkr: award of all organisations not yet used (rest af tilsagn), mkr.
    """

    budget_mkr_year = Shown[float](budget_of)
    horizon_years = Shown[float](
        lambda world, index: world.policy.num("grant.horizon_years" if index == UFS else "grant.deb_horizon_years")
    )
    calendar = Shown[dict[str, GrantPeriod]](grant_periods)
    instalments_per_year = Shown[float](lambda world, index: world.policy.num(f"{FUNDERS[index]}.instalments_per_year"))
    credit_months = Shown[float](lambda world, index: world.policy.num(f"{FUNDERS[index]}.credit_months"))
    holdback_share = Shown[float](lambda world, index: world.policy.num("holdback.share") if index == UFS else 0.0)
    withheld_mkr = Shown[dict[str, float]](withheld)
    balance_mkr = Shown[float](lambda world, index: float(world.ledger.balance[:, index].sum()) / OERE_PER_MKR)


class SupportSystem(Registered):
    """The support actors around the programme: erhvervshuse, local clusters, initiatives, and the price level.

    Attributes:
        support_actors: those outside the programme, the erhvervshuse among them; initiatives are counted apart.
        actors: all that compete for firms' attention: organisations, support actors, initiatives of their own.
        attention: factor on firms' answers from the number of actors, 1 as at the start.
        price_level: prices and wages, 1 = mean of 2021-2023.
    """

    support_actors = parameter("environment.support_actors")
    actors = Shown[float](lambda world, _: float(world.environment.actors))
    attention = Shown[float](lambda world, _: float(world.environment.attention))
    price_level = Shown[float](lambda world, _: float(world.environment.price))


def runs(world: World, index: int) -> bool:
    """Whether an initiative runs now."""
    start = int(world.environment.start[index])
    return start <= world.period < start + life_rule(world.policy.num("initiative.life_years"))


class Initiative(Registered):
    """A policy initiative such as a lighthouse (fyrtårn); past and coming ones of the run are there too.

    Attributes:
        size_mkr: its money over its life, mkr.
        begins: quarter of arrival.
        running: whether it runs now.
    """

    size_mkr = Shown[float](lambda world, index: float(world.environment.size[index]))
    begins = Shown[str](lambda world, index: label(int(world.environment.start[index])))
    running = Shown[bool](runs)
