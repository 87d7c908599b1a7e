"""A world without interactions, what its runs leave behind, and how far a count may lie from its expectation.

Nobody takes anything from anybody (scarcity off), nobody returns, all firms are alike, readiness stays where it is and
trust is what the first meeting gives, less decay. Every step of an idea is then a chance that follows from the
parameter values alone, so that a test can work out the expectation without the model.
"""

import math
from dataclasses import dataclass

import numpy as np

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.results.vocabulary import FIRM_CLASSES, REASON, STAGE
from klyngesim.scenario import periods
from klyngesim.scenario.loading import from_mapping

BOUND = 4.5
"""Standard errors that a count may lie from its expectation, fixed before any run.

Two-sided chance beyond it 6.8e-6 a comparison; the directory makes fewer than 100 of them (18 steps of the funnel, 63
places of cohorts, 10 of members), so that a right model fails by chance with fewer than 1 of 1,400 choices of seeds.
"""

SIZES = tuple(word.id for word in FIRM_CLASSES)
KINDS = ("university", "gts", "university_college", "business_academy", "art_school", "foreign_institution")

UNLIMITED = {f"scarcity.{name}": "off" for name in ("hours", "seats", "pots", "money")}

QUIET = {
    "attendance.return_base": 0.0,
    "attendance.return_trust": 0.0,
    "application.joint_base": 0.6,
    "broker.ratio": 2.5,
    "attention.strength": 0.0,
    "institutions.paid_share": 0.0,
    "institutions.relation_response": 0.0,
    "match.relation_weight": 0.0,
    "organisation.effect_spread": 0.0,
    "organisation.exit_spread": 0.0,
    "organisation.skill_spread": 0.0,
    "partner.support_response": 0.0,
    "pilot.long_period_response": 0.0,
    "project.start_response": 0.0,
    "readiness.gain": 0.0,
    "readiness.gain_project": 0.0,
    "staff.exit_response": 0.0,
    "staff.hiring_quarters": 0,
    "staff.joining_response": 0.0,
    "staff.trust_loss": 0.0,
}
"""Nothing feeds back: firms do not return, do not learn, and no trust leaves with staff.

Brokers are so good that whatever is written becomes a joint application.
"""


def alike(readiness, ease, gap):
    """All firms equally ready and near, all institutions equally easy to work with."""
    return {
        **{f"firms.readiness_{name}": readiness for name in SIZES},
        **{f"firms.hours_{name}": 2000 for name in SIZES},
        **{f"membership.weight_{name}": 1.0 for name in SIZES},
        **{f"institutions.ease_{name}": ease for name in KINDS},
        **{f"institutions.gap_{name}": gap for name in KINDS},
        "firms.readiness_spread": 0.0,
        "firms.exporter_bonus": 0.0,
        "initial.readiness_excess": 0.0,
        "match.old_partner": 0.0,
        "membership.again_ratio": 1.0,
        "recruitment.exporter_ratio": 1.0,
        "recruitment.regional_penalty": 0.0,
    }


def model(parameters, quarters, scale=1.0, seed=1):
    """The baseline with other parameters over some quarters, everything unlimited and quiet."""
    settings = {**UNLIMITED, **QUIET, **parameters}
    document = {
        "extends": "baseline",
        "period": {"start": "2021Q1", "end": periods.label(quarters - 1)},
        "population": {"scale": scale},
        "parameters": settings,
    }
    return Ecosystem(from_mapping(document, "closed form"), seed)


@dataclass(frozen=True)
class Flow:
    """A count and the independent chances that it should come from.

    Attributes:
        observed: how often it happened.
        trials: (number of trials, chance of each), one entry per group of equal trials.
    """

    observed: float
    trials: tuple

    @property
    def expected(self):
        """Sum of the chances."""
        return sum(number * chance for number, chance in self.trials)

    @property
    def error(self):
        """Monte-Carlo standard error of the count: root of the binomial variances."""
        return math.sqrt(sum(number * chance * (1.0 - chance) for number, chance in self.trials))

    @property
    def z(self):
        """Distance from the expectation in standard errors."""
        return (self.observed - self.expected) / self.error

    def words(self, name):
        """What a failed comparison says."""
        return f"{name}: {self.observed:.0f} seen, {self.expected:.1f} expected, error {self.error:.1f}, z {self.z:.2f}"


def moved(funnel, origins, targets, reasons=None, danish=False):
    """Number of moves from some stages to some stages, for some reasons (all), of Danish firms only if asked."""
    chosen = np.isin(funnel.from_stage, [STAGE[name] for name in origins])
    chosen &= np.isin(funnel.to_stage, [STAGE[name] for name in targets])
    if reasons is not None:
        chosen &= np.isin(funnel.reason, [REASON[name] for name in reasons])
    if danish:
        chosen &= funnel.firm_class != SIZES.index("foreign")
    return int(funnel.count[chosen].sum())


def births(world):
    """A list that fills up as ideas are born: (number of the idea, id of the firm, quarter)."""
    born = []
    episodes, use = world.episodes, world.episodes.use

    def noting(count):
        before = episodes.count
        use(count)
        numbers, firms = episodes.number[before:].tolist(), episodes.ident[before:].tolist()
        born.extend((number, firm, world.period) for number, firm in zip(numbers, firms, strict=True))

    episodes.use = noting
    return born
