"""Worlds in which interactions are off, so that what happens can be worked out with pen and paper."""

import numpy as np

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.results.vocabulary import REASONS, STAGES
from klyngesim.scenario.loading import from_mapping

ALONE = {
    **{f"scarcity.{name}": "off" for name in ("hours", "seats", "pots", "money")},
    # All firms are alike: half ready, whatever they do, and nobody is far away.
    **{f"firms.readiness_{size}": 0.5 for size in ("micro", "small", "medium", "large", "foreign")},
    "firms.readiness_spread": 0.0,
    "firms.exporter_bonus": 0.0,
    "readiness.gain": 0.0,
    "readiness.gain_project": 0.0,
    "initial.readiness_excess": 0.0,
    "recruitment.exporter_ratio": 1.0,
    "recruitment.regional_penalty": 0.0,
    # Nobody's luck depends on others: no crowding, no care, no brokers, no old partners, no memory of trust.
    "attention.strength": 0.0,
    "organisation.effect_spread": 0.0,
    "organisation.skill_spread": 0.0,
    "broker.ratio": 1.0,
    "match.old_partner": 0.0,
    "match.trust_weight": 0.0,
    **{f"institutions.ease_{kind}": 1.0 for kind in ("university", "gts", "university_college", "business_academy")},
    **{f"institutions.ease_{kind}": 1.0 for kind in ("art_school", "foreign_institution")},
    **{f"institutions.gap_{kind}": 0.0 for kind in ("university", "gts", "university_college", "business_academy")},
    **{f"institutions.gap_{kind}": 0.0 for kind in ("art_school", "foreign_institution")},
}
"""Parameters under which every firm and idea goes its own way."""


def alone(parameters=None, end="2023Q4", scale=0.05, seed=1, deaths=False):
    """A model without interactions, in which by default no firm closes either."""
    data = {
        "extends": "baseline",
        "period": {"start": "2021Q1", "end": end},
        "population": {"scale": scale},
        "parameters": ALONE | (parameters or {}),
    }
    model = Ecosystem(from_mapping(data, "alone"), seed)
    if not deaths:
        world = model.world
        world.register.death[:] = world.contacts.death[:] = world.ties.death[:] = 30_000
    return model


def flows(result, sources, target, reasons=None):
    """Episodes that moved from any of some stages to a stage for any of some reasons (None: all), by quarter."""
    names = [stage.id for stage in STAGES]
    words = [reason.id for reason in REASONS]
    funnel = result.funnel
    chosen = np.isin(funnel.from_stage, [names.index(name) for name in sources])
    chosen &= funnel.to_stage == names.index(target)
    if reasons is not None:
        chosen &= np.isin(funnel.reason, [words.index(name) for name in reasons])
    return np.bincount(funnel.period[chosen], funnel.count[chosen], len(result.indicators))


def error(found, tries, chance):
    """Distance of a count from ``tries x chance`` in standard errors of the binomial.

    Tries may be counts by quarter of which each depends on the quarters before: the sum of what exceeds its own
    expectation is a martingale, and its variance is the sum of the variances.
    """
    tries = np.atleast_1d(np.asarray(tries, dtype=float))
    spread = np.sqrt((tries * chance * (1.0 - chance)).sum())
    return (np.sum(found) - (tries * chance).sum()) / spread
