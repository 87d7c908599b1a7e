"""Small worlds in which the two engines are compared, each with a sign that what it is here for has happened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from klyngesim.ecosystem.rows import PILOT
from klyngesim.results.indicators import IDS
from klyngesim.results.vocabulary import FIRM_CLASSES, REASON
from klyngesim.scenario.parameters import registry


@dataclass(frozen=True)
class Case:
    """A scenario (arguments of `bookkeeping.watched.scenario`), a seed, and what must have happened in the run."""

    happened: Callable[[Any], bool]
    settings: dict[str, Any] = field(default_factory=dict)
    seed: int = 1


def programme(model, name):
    """An indicator of the programme by quarter."""
    return model.indicators[:, -1, IDS.index(name)]


def moves_because_of(model, reason):
    """How many moves of the funnel have a reason."""
    funnel = model.world.tally.funnel()
    return int(funnel.count[funnel.reason == REASON[reason]].sum())


def closed_and_reopened(model):
    """Whether the number of active organisations falls and rises again."""
    change = np.diff(programme(model, "organisations_active"))
    return bool((change < 0).any() and (change > 0).any())


def longest_pilot(model):
    """Quarters of the longest pilot that has begun."""
    projects = model.world.projects
    pilots = (projects.kind == PILOT) & (projects.start >= 0)
    return int((projects.end - projects.start)[pilots].max())


def apart():
    """All numbers that are no counts and no tables, each moved towards a bound by a share of its own."""
    found = {}
    for place, one in enumerate(registry().values()):
        usual = registry().default(one.id)
        if not (one.is_table or one.choices or one.step or one.high is None):
            bound = max(one.low, one.high, key=lambda each: abs(each - usual))
            found[one.id] = usual + (0.05 + 0.1 * (0.618 * place % 1.0)) * (bound - usual)
    return found


APART = apart()
"""Values of which no two are alike: one that is read in the place of another is seen."""
LEVERS = {
    "fees.level": 2,
    "guard.seat_share": 0.6,
    "guard.fee_rebate": 0.5,
    "fees.micro": 1500,
    "fees.large": 60000,
    "contact_staff.fte": 2,
    "referral.share": 0.3,
    "competence.level": 1,
    "segmentation.level": 1,
    "local.partners": 1,
    "researcher.incentive": 1,
    "researcher.conditional": 1,
    "depth.shift": 0.5,
    "environment.consolidated": 0.5,
    "referral.from_actors": 0.5,
    "phd.bridge": 1,
    "institutions.outreach": 1,
    "initiative.routed_share": 1,
    "sponsorship.level": 3,
    "sponsorship.seat_share": 0.5,
    "project.commitment_rule": 0.5,
    "project.open_invitation": 2,
    "grant.indexation": 1,
}

SCENARIOS = {
    "baseline": Case(lambda model: moves_because_of(model, "no_seat") > 0),
    "zero grant from 2022": Case(
        lambda model: programme(model, "grant_awarded_mkr")[5:].sum() == 0.0,
        {"timeline": [{"from": "2022Q1", "announced": "2021Q3", "set": {"grant.budget_factor": 0}}]},
    ),
    "scarce calls, seats and units": Case(
        lambda model: max(model.world.environment.success) < 0.1 and moves_because_of(model, "no_seat") > 200,
        {
            "parameters": {
                "calls.pot_national_mkr_year": 500,
                "calls.others_national_mkr_year": 10000,
                "calls.pot_eu_mkr_year": 800,
                "calls.others_eu_mkr_year": 20000,
                "institutions.capacity_university": 1,
                "institutions.capacity_gts": 2,
                "attendance.return_trust": 0.8,
                "trust.decay_quarter": 0.02,
                **{f"firms.hours_{word.id}": 400 for word in FIRM_CLASSES},
            }
        },
    ),
    "ten years with evaluations": Case(
        closed_and_reopened,
        {
            "end": "2024Q4",
            "parameters": {
                "grant.horizon_years": 10,
                "evaluation.every_years": 1,
                "evaluation.threshold": 0.95,
                "evaluation.start_years": 1,
                "evaluation.score_years": 1,
                "evaluation.incentive": 0.15,
                "evaluation.money": "open_call",
                "evaluation.stagger_quarters": 1,
                "open_call.wait_quarters": 2,
                "rival.complacency": 0.4,
                "rival.front_loading": 0.2,
            },
        },
    ),
    "a long period": Case(
        lambda model: programme(model, "organisations_active")[-1] < 13 and longest_pilot(model) == 6,
        {
            "end": "2026Q2",
            "parameters": {
                "grant.horizon_years": 10,
                "grant.deb_horizon_years": 10,
                "rival.lock_in": 0.1,
                "partner.support_response": 0.5,
                "pilot.long_period_response": 0.1,
                "evaluation.every_years": 0.75,
                "evaluation.threshold": 0.85,
                "evaluation.start_years": 1,
                "evaluation.score_years": 2,
                "evaluation.incentive": -0.05,
            },
        },
    ),
    "evaluations from 2022": Case(
        closed_and_reopened,
        {
            "end": "2024Q4",
            "parameters": {"evaluation.start_years": 1, "evaluation.score_years": 1},
            "timeline": [
                {
                    "from": "2022Q1",
                    "announced": "2021Q3",
                    "set": {
                        "evaluation.every_years": 1,
                        "evaluation.threshold": 0.95,
                        "evaluation.money": "open_call",
                        "open_call.wait_quarters": 2,
                    },
                }
            ],
        },
    ),
    "levers from 2022": Case(
        lambda model: programme(model, "sponsorship_mkr")[4] > 2.0 * programme(model, "sponsorship_mkr")[3],
        {"timeline": [{"from": "2022Q1", "announced": "2021Q2", "set": LEVERS}]},
    ),
    "rival rules": Case(
        lambda model: moves_because_of(model, "no_seat") == 0,
        {
            "parameters": {
                "attendance.return_rule": "need",
                "attendance.rule": "demand",
                "attention.response": "interior_optimum",
                "attention.strength": 0.8,
                "calls.success_rule": "fixed",
                "cofinancing.consequence": "pro_rata",
                "cofinancing.required": 3,
                "holdback.release": "programme_end",
                "staff.hiring_quarters": 0,
            }
        },
    ),
    "organisations lost at renewal": Case(
        lambda model: programme(model, "organisations_active")[-1] <= 10,
        {
            "parameters": {"grant.horizon_years": 1.5, "tie.background_stock": 20000},
            "timeline": [{"from": "2022Q3", "set": {"renewal.organisations_lost": 3}}],
        },
        seed=2,
    ),
    "organisations fail and reopen": Case(
        lambda model: closed_and_reopened(model) and programme(model, "organisations_failed").sum() > 0,
        {
            "parameters": {
                "finance.equity_months": 10,
                "finance.overdraft_share": 0.03,
                "finance.shock_spread": 0.6,
                "initial.equity_least": 0,
                "authority.vacancy_quarters": 4,
                "firms.closing_small": 0.1,
                "firms.closing_medium": 0.1,
                "open_call.entrant_equity": 0.2,
            }
        },
    ),
    "a suspended grant": Case(
        lambda model: programme(model, "grant_awarded_mkr")[8] > programme(model, "grant_awarded_mkr")[4:8].sum(),
        {
            "parameters": {"measures.paid_by": "extra", "cofinancing.budget_rule": "replaces", "fees.level": 3},
            "timeline": [
                {"from": "2021Q3", "set": {"activity_mix.internationalisation": 0.3, "activity_mix.application": 0.05}},
                {"from": "2022Q1", "set": {"grant.suspended": 1, "grant.broad_only": 1}},
                {"from": "2023Q1", "set": {"grant.suspended": 0, "admin.funding_strings": 1}},
            ],
            "clusters": {"made": {"grant.organisation_factor": 2, "seats.project_firms": 9}},
        },
    ),
    "what cannot be held": Case(
        lambda model: not model.world.plan.mix[:, 3].any() and programme(model, "activities_application")[-1] == 0,
        {
            "parameters": {
                "activity_mix.internationalisation": 0.1,
                "deb.instalments_per_year": 3,
                "initiative.life_years": 2.3,
                "initiative.years_between": 0.5,
                "initiative.routed_share": 0.5,
                "grant.horizon_years": 1.5,
                "evaluation.every_years": 0.5,
                "evaluation.threshold": 0.9,
                "rival.lock_in": 0.1,
            },
            "timeline": [
                {"from": "2022Q1", "set": {"grant.broad_only": 1, "effort.apply": 0}},
                {"from": "2022Q3", "set": {"renewal.organisations_lost": 2, "evaluation.every_years": 0}},
                {"from": "2023Q1", "set": {"grant.passthrough_deb": 0.1, "grant.horizon_years": 6}},
            ],
        },
    ),
    "no two numbers alike": Case(
        lambda model: len(set(APART.values())) == len(APART) > 250 and programme(model, "applications_won").min() > 0,
        {"parameters": APART},
    ),
    "no scarcity": Case(
        lambda model: moves_because_of(model, "no_seat") == 0,
        {"parameters": {f"scarcity.{name}": "off" for name in ("hours", "seats", "pots", "money")}},
    ),
}
