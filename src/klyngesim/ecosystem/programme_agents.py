"""Those who make the conditions: the programme authority, the two funders and the other support actors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from klyngesim.ecosystem.compat import Actor
from klyngesim.ecosystem.ledger import FUNDERS, OERE_PER_MKR, UFS
from klyngesim.ecosystem.processes.policy import life_rule
from klyngesim.scenario.periods import label
from klyngesim.scenario.schema import Lever

if TYPE_CHECKING:
    from klyngesim.ecosystem.agents import Populated

FUNDER_NAMES = {
    "ufs": "Uddannelses- og Forskningsstyrelsen (UFS)",
    "deb": "Danmarks Erhvervsfremmebestyrelse (DEB)",
}


@dataclass(frozen=True)
class GrantPeriod:
    """The grant period that a funder has given an organisation: first and last quarter."""

    first: str
    last: str


class ProgrammeAuthority(Actor):
    """The programme authority: budget, length of grants, evaluation, and who is in the programme.

    Args:
        model: the model.
    """

    def __init__(self, model: Populated) -> None:
        super().__init__(model)
        self.id = "authority"
        self.name = "Programme authority"

    @property
    def budget_mkr_year(self) -> float:
        """Yearly budget of both funders before indexation, mio. kr."""
        policy = self.model.world.policy
        return float(policy.num("grant.budget_mkr_year") * policy.num("grant.budget_factor"))

    @property
    def horizon_years(self) -> float:
        """Length of the grant period inside which UFS awards yearly amounts."""
        return float(self.model.world.policy.num("grant.horizon_years"))

    @property
    def evaluation_every_years(self) -> float:
        """Years between evaluations that can cost the grant; 0 = none."""
        return float(self.model.world.policy.num("evaluation.every_years"))

    @property
    def evaluation_threshold(self) -> float:
        """Score against the own starting point below which the grant is withdrawn."""
        return float(self.model.world.policy.num("evaluation.threshold"))

    @property
    def organisations(self) -> tuple[str, ...]:
        """Ids of the organisations that are open now."""
        found = self.model.world.organisations
        return tuple(name for name, is_open in zip(found.ids, found.open.tolist(), strict=True) if is_open)

    @property
    def levers_in_force(self) -> tuple[Lever, ...]:
        """Entries of the scenario's timeline that have taken effect by now."""
        return tuple(lever for lever in self.model.scenario.timeline if lever.start <= self.model.period)

    @property
    def levers_announced(self) -> tuple[Lever, ...]:
        """Entries of the timeline that everybody knows of and that are still to come."""
        now = self.model.period
        return tuple(lever for lever in self.model.scenario.timeline if lever.announced <= now < lever.start)


class Funder(Actor):
    """A funder of the programme with its own calendar.

    Args:
        model: the model.
        index: 0 UFS, 1 DEB.

    Attributes:
        id: ``ufs`` or ``deb``.
        name: Danish name.
    """

    def __init__(self, model: Populated, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.id = FUNDERS[index]
        self.name = FUNDER_NAMES[self.id]

    def __repr__(self) -> str:
        return f"Funder({self.id})"

    @property
    def budget_mkr_year(self) -> float:
        """Its part of the yearly budget before indexation, mio. kr."""
        policy = self.model.world.policy
        ufs = policy.num("grant.ufs_share")
        share = ufs if self.index == UFS else 1.0 - ufs
        return float(policy.num("grant.budget_mkr_year") * policy.num("grant.budget_factor") * share)

    @property
    def horizon_years(self) -> float:
        """Length of a grant period."""
        key = "grant.horizon_years" if self.index == UFS else "grant.deb_horizon_years"
        return float(self.model.world.policy.num(key))

    @property
    def calendar(self) -> dict[str, GrantPeriod]:
        """Present grant period of every organisation that it supports."""
        found = self.model.world.organisations
        return {
            name: GrantPeriod(
                label(int(found.period_start[place, self.index])), label(int(found.period_end[place, self.index]) - 1)
            )
            for place, name in enumerate(found.ids)
            if found.funded[place, self.index]
        }

    @property
    def instalments_per_year(self) -> float:
        """Payments (rater) a year."""
        return float(self.model.world.policy.num(f"{self.id}.instalments_per_year"))

    @property
    def credit_months(self) -> float:
        """Mean time from spending to payment (kreditperiode), months."""
        return float(self.model.world.policy.num(f"{self.id}.credit_months"))

    @property
    def holdback_share(self) -> float:
        """Share of its payments withheld until reports are approved (tilbageholdt); only UFS withholds."""
        return float(self.model.world.policy.num("holdback.share")) if self.index == UFS else 0.0

    @property
    def withheld_mkr(self) -> dict[str, float]:
        """Money withheld from each organisation, mio. kr."""
        world = self.model.world
        amounts = world.ledger.pot[:, self.index].sum(axis=1) / OERE_PER_MKR
        return dict(zip(world.organisations.ids, amounts.tolist(), strict=True))

    @property
    def balance_mkr(self) -> float:
        """Award of all organisations not yet used (rest af tilsagn), mio. kr."""
        return float(self.model.world.ledger.balance[:, self.index].sum()) / OERE_PER_MKR


class SupportSystem(Actor):
    """The support actors around the programme: erhvervshuse, local clusters, initiatives, and the price level.

    Args:
        model: the model.
    """

    def __init__(self, model: Populated) -> None:
        super().__init__(model)
        self.id = "support_system"
        self.name = "Business support system (erhvervsfremmesystem)"

    @property
    def support_actors(self) -> float:
        """Support actors outside the programme, the erhvervshuse among them; initiatives are counted apart."""
        return float(self.model.world.policy.num("environment.support_actors"))

    @property
    def actors(self) -> float:
        """All that compete for firms' attention: organisations, support actors, initiatives of their own."""
        return float(self.model.world.environment.actors)

    @property
    def attention(self) -> float:
        """Factor on firms' answers from the number of actors, 1 as at the start."""
        return float(self.model.world.environment.attention)

    @property
    def price_level(self) -> float:
        """Prices and wages, 1 = mean of 2021-2023."""
        return float(self.model.world.environment.price)


class Initiative(Actor):
    """A policy initiative such as a lighthouse (fyrtårn); past and coming ones of the run are there too.

    Args:
        model: the model.
        index: place in the order of arrival.
    """

    def __init__(self, model: Populated, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.id = f"initiative-{index + 1}"
        self.name = f"Initiative {index + 1}"

    @property
    def size_mkr(self) -> float:
        """Its money over its life, mio. kr."""
        return float(self.model.world.environment.size[self.index])

    @property
    def begins(self) -> str:
        """Quarter of arrival."""
        return label(int(self.model.world.environment.start[self.index]))

    @property
    def running(self) -> bool:
        """Whether it runs now."""
        world = self.model.world
        life = life_rule(world.policy.num("initiative.life_years"))
        start = int(world.environment.start[self.index])
        return bool(start <= world.period < start + life)
