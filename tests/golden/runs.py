"""The runs whose results are recorded: together they pull most levers and switch most mechanisms."""

from __future__ import annotations

from typing import Any

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.results.hashing import content_hash
from klyngesim.results.records import RunResult
from klyngesim.results.tables import BUILDERS
from klyngesim.scenario.loading import from_mapping
from klyngesim.scenario.parameters import registry

Scenario = dict[str, Any]

SEEDS = (1, 7)
SMALL = 0.05
"""Share of the firms; the contacts of the organisations are about as many as at full scale."""

_SWITCHABLE = tuple(registry().switchable())

SCENARIOS: dict[str, Scenario] = {
    "programme-2025-2028": {"extends": "programme-2025-2028"},
    "r4-guard-seats": {"extends": "r4-guard-seats"},
    "scheme-abolished-others-take-over": {"extends": "scheme-abolished-others-take-over"},
    "evaluated-often": {
        "extends": "staged-competition",
        "parameters": {"evaluation.loss": 0.25, "rival.complacency": 0.4, "rival.front_loading": 0.2},
        "timeline": [
            {
                "from": "2025Q1",
                "announced": "2024Q4",
                "set": {"evaluation.threshold": 0.95, "evaluation.stagger_quarters": 1, "rival.lock_in": 0.05},
            },
            {"from": "2031Q1", "set": {"renewal.organisations_lost": 2}},
        ],
    },
    "rival-rules": {
        "extends": "r4-demand-150",
        "parameters": {
            "attendance.return_rule": "need",
            "attendance.rule": "demand",
            "attention.response": "interior_optimum",
            "calls.success_rule": "fixed",
            "deb.instalments_per_year": 3,
            "holdback.release": "programme_end",
            "membership.reading": "stock_end",
            "staff.hiring_quarters": 0,
        },
        "timeline": [{"from": "2029Q1", "set": {"cofinancing.budget_rule": "replaces"}}],
    },
    "failing-organisations": {
        "extends": "baseline",
        "parameters": {
            "authority.vacancy_quarters": 4,
            "finance.equity_months": 18,
            "finance.overdraft_share": 0.03,
            "finance.shock_spread": 0.2,
            "firms.closing_medium": 0.1,
            "firms.closing_small": 0.1,
        },
        "clusters": {"made": {"grant.organisation_factor": 0.5, "seats.project_firms": 9}},
    },
    "levers-by-date": {
        "extends": "demand-driven-projects",
        "period": {"start": "2021Q1", "end": "2033Q2"},
        "timeline": [
            {
                "from": "2023Q1",
                "announced": "2022Q3",
                "set": {
                    "competence.level": 1,
                    "contact_staff.fte": 2,
                    "fees.level": 2,
                    "grant.indexation": 0.5,
                    "guard.fee_rebate": 0.3,
                    "phd.bridge": 1,
                    "referral.share": 0.3,
                    "researcher.incentive": 1,
                    "segmentation.level": 1,
                },
            },
            {"from": "2026Q2", "set": {"grant.broad_only": 1, "initiative.routed_share": 0.5, "local.partners": 1}},
            {"from": "2028Q1", "set": {"grant.broad_only": 0, "effort.apply": 0.3, "grant.suspended": 1}},
            {"from": "2028Q3", "set": {"grant.suspended": 0, "grant.passthrough_deb": 0.5}},
            {"from": "2029Q1", "cluster": "energy", "set": {"grant.organisation_factor": 2, "fees.level": 0.5}},
        ],
    },
    "half-of-the-mechanisms": {
        "extends": "baseline",
        "parameters": {"scarcity.hours": "off", "scarcity.pots": "off"},
        "mechanisms": {"disable": list(_SWITCHABLE[::2])},
    },
    "the-other-half": {
        "extends": "all-four",
        "parameters": {"scarcity.seats": "off", "scarcity.money": "off"},
        "mechanisms": {"disable": list(_SWITCHABLE[1::2])},
    },
}

FULL = ("baseline", "all-four")
"""Shipped scenarios that run with every firm, on the first seed."""

RUNS: dict[str, tuple[Scenario, int]] = {
    f"{name}-seed-{seed}": ({**content, "population": {"scale": SMALL}}, seed)
    for name, content in SCENARIOS.items()
    for seed in SEEDS
} | {f"{name}-every-firm": ({"extends": name}, SEEDS[0]) for name in FULL}


def hashes_of_run(case: str) -> dict[str, str]:
    """Content hash of each table of a run, and the number of uniforms drawn."""
    content, seed = RUNS[case]
    return hashes(Ecosystem(from_mapping(content, "golden"), seed).run())


def hashes(result: RunResult) -> dict[str, str]:
    """Content hash of each table, and the number of uniforms."""
    built = {name: content_hash(build(result)) for name, build in BUILDERS.items()}
    return built | {"uniforms": str(result.uniforms)}
