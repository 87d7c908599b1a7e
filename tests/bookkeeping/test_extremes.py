"""Bookkeeping in worlds that break simulations: nothing there, everything lost, absurd money, short or long time."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from klyngesim.evidence.derived import table
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.results.vocabulary import FIRM_CLASSES
from tests.bookkeeping.identities import indicator, seats
from tests.bookkeeping.watched import ORGANISATIONS, scenario, watch
from tests.bookkeeping.worlds import PARAMETERS, settings_of

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

few = settings(
    max_examples=3,
    derandomize=True,
    deadline=None,
    database=None,
    # A failing world is told as it is: making it smaller costs minutes and changes little.
    phases=(Phase.explicit, Phase.generate),
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
seeds = st.integers(0, 2**32 - 1)
FEES = tuple(f"fees.{word.id}" for word in FIRM_CLASSES)
OTHERS = tuple(name for name in ORGANISATIONS if name != "made")

JUDGED_EARLY = {"evaluation.start_years": 1, "evaluation.score_years": 1}
"""The second year is the own start, and each year after it is judged by itself."""

EXTREMES = {
    "zero grant": {"parameters": {"grant.budget_factor": 0}},
    "zero grant from 2022": {"timeline": [{"from": "2022Q1", "set": {"grant.budget_factor": 0}}]},
    "tiny population": {"scale": 0.001},
    "no universities": {"parameters": {"institutions.number_university": 0}},
    "no room at institutions": {"parameters": {f"institutions.capacity_{name}": 0 for name in INSTITUTION_TYPES}},
    "drop-out as certain as it gets": {
        "parameters": {
            "idea.base": 0.1,
            "idea.loss_quarter": 0.8,
            "matched.loss_quarter": 2,
            "match.base": 0.05,
            "recruitment.answer_base": 0.1,
            "project.withdraw_quarter": 0.1,
            "application.try_again": 0,
        }
    },
    "nobody comes back": {"parameters": {"attendance.return_base": 0, "attendance.return_trust": 0}},
    "no fees": {"parameters": {"fees.level": 0}},
    "list fees of one class only": {"parameters": dict.fromkeys(FEES[1:], 0)},
    "fees ten times as high": {"parameters": {"fees.level": 10}},
    "fees ten times as high, members do not mind": {
        "parameters": {"fees.level": 10, "membership.renewal_elasticity": 0, "membership.joining_elasticity": -0.02}
    },
    "mandate ends next quarter": {"parameters": {"grant.horizon_years": 0.25}},
    "mandate of both funders ends next quarter": {
        "parameters": {"grant.horizon_years": 0.25, "grant.deb_horizon_years": 0.25}
    },
    "only one organisation has a grant": {"clusters": {name: {"grant.organisation_factor": 0} for name in OTHERS}},
    "one organisation is left after a year": {
        "parameters": {"grant.horizon_years": 1},
        "timeline": [
            {"from": "2022Q1", "set": {"renewal.organisations_lost": 12}},
            {"from": "2022Q2", "set": {"renewal.organisations_lost": 0}},
        ],
    },
    "hold-back until the programme's end": {
        "parameters": {"holdback.release": "programme_end", "holdback.share": 0.5, "grant.horizon_years": 1.5}
    },
    "shortfall makes ineligible": {"parameters": {"cofinancing.consequence": "ineligible", "cofinancing.required": 5}},
    "private money replaces grant": {
        "parameters": {"cofinancing.budget_rule": "replaces", "fees.level": 5, "membership.renewal_elasticity": 0}
    },
    "attendance by demand": {"parameters": {"attendance.rule": "demand"}},
    "evaluated every year, threshold 1.5, open call": {
        "parameters": {
            **JUDGED_EARLY,
            "evaluation.every_years": 1,
            "evaluation.threshold": 1.5,
            "evaluation.money": "open_call",
            "open_call.wait_quarters": 1,
        },
        "end": "2026Q4",
    },
    "evaluated every year, threshold 1.5, money returned": {
        "parameters": {**JUDGED_EARLY, "evaluation.every_years": 1, "evaluation.threshold": 1.5},
        "end": "2024Q4",
    },
    "no decision on the grant": {"timeline": [{"from": "2022Q1", "set": {"grant.suspended": 1}}]},
    "no equity, no credit, large shocks": {
        "parameters": {
            "finance.equity_months": 10,
            "finance.overdraft_share": 0,
            "finance.shock_spread": 0.6,
            "finance.patience_quarters": 1,
            "authority.vacancy_quarters": 4,
        }
    },
    "no scarcity": {"parameters": {f"scarcity.{name}": "off" for name in ("hours", "seats", "pots")}},
    "no hours for firms": {"parameters": {f"effort.{name}": 0 for name in ("recruit", "retain", "broker", "project")}},
    "coordination takes all hours of the smallest at the start and none from 2022": {
        "parameters": {
            "coordination.hours_per_initiative": 600,
            "platform.hours_per_initiative": 0,
            "initiative.life_years": 10,
            "initiative.years_between": 0.5,
        },
        "timeline": [{"from": "2022Q1", "set": {"initiative.routed_share": 1}}],
    },
    "projects are not paid": {
        "parameters": {"prices.wage_growth": 0.06, "rival.lock_in": 0.1, "grant.horizon_years": 8},
        "end": "2026Q4",
        "timeline": [{"from": "2021Q3", "set": {"grant.broad_only": 1}}],
    },
    "nothing but projects, which are not paid": {
        "parameters": {
            "activity_mix.internationalisation": 0,
            "activity_mix.application": 0,
            "activity_mix.project": 1,
            "grant.broad_only": 1,
        }
    },
    "no hours for projects and applications": {"parameters": {"effort.project": 0, "effort.apply": 0}},
    "internationalisation without a group size": {"parameters": {"activity_mix.internationalisation": 0.3}},
    "periods too short for a pilot": {"parameters": {"grant.horizon_years": 0.25}},
    "initiatives of nine quarters and a bit through the organisations": {
        "parameters": {"initiative.life_years": 2.3, "initiative.years_between": 0.5, "initiative.routed_share": 1}
    },
    "measures dearer than the grant": {
        "parameters": {
            "grant.budget_factor": 0.1,
            "contact_staff.fte": 10,
            "researcher.incentive": 1,
            "phd.bridge": 1,
            "competence.level": 1,
            "local.partners": 1,
            "referral.share": 0.5,
            "institutions.outreach": 1,
        }
    },
    "seats for all of small firms": {"parameters": {"guard.seat_share": 1, "guard.fee_rebate": 1}},
}
"""What is extreme, as arguments of `watched.scenario`."""

GENTLE = ("trust.", "readiness.", "staff.", "project.", "attendance.hours")
MILD = tuple(parameter for parameter in PARAMETERS if parameter.id.startswith(GENTLE))


@pytest.mark.parametrize("extreme", EXTREMES.values(), ids=EXTREMES.keys())
@few
@given(seed=seeds, noise=settings_of(MILD, 2))
def test_identities_hold(extreme, seed, noise):
    own = extreme.get("parameters", {})
    watch(scenario(**{**extreme, "parameters": {**noise, **own}}), seed)


def test_identities_hold_for_forty_years():
    watch(scenario(end="2060Q4", scale=0.003))


def test_zero_grant_spends_nothing():
    result, _ = watch(scenario({"grant.budget_factor": 0}))
    assert not indicator(result, "grant_spent_mkr").any()
    assert not indicator(result, "grant_awarded_mkr").any()


def test_one_organisation_is_left():
    result, model = watch(scenario(**EXTREMES["one organisation is left after a year"]))
    assert indicator(result, "organisations_active")[-1, -1] == 1
    left = int(indicator(result, "organisations_active")[-1, :-1].argmax())
    after = indicator(result, "participations_firms")[6:, :-1]
    assert after[:, left].any() and after.sum() == after[:, left].sum()
    share = model.world.reference.grant_share
    assert share[left] == pytest.approx(1.0)


def test_no_share_of_nothing_is_lost_at_a_renewal():
    # Only one used grant in 2021-2023, and soon only those without a share are left.
    unused = {key: {"grant.spent_2021_23_mkr": 0} for key in ORGANISATIONS[1:]}
    watch(scenario({"grant.horizon_years": 1, "renewal.organisations_lost": 6}, clusters=unused, end="2024Q4"))


def test_who_is_closed_for_good_gets_nothing_of_what_others_lose():
    # Withdrawn money stays with the state; what is lost at the renewal afterwards goes to those who are still there.
    harsh = {**JUDGED_EARLY, "evaluation.every_years": 0.5, "evaluation.threshold": 0.98, "grant.horizon_years": 3.25}
    lost = [{"from": "2024Q2", "set": {"renewal.organisations_lost": 2, "evaluation.every_years": 0}}]
    _, model = watch(scenario(harsh, timeline=lost, end="2024Q3"))
    world = model.world
    spent = np.array(list(table("grant_spent").values()))
    share, before = world.reference.grant_share, spent / spent.sum()
    withdrawn = ~world.organisations.open & (share > 0.0)
    assert 0 < withdrawn.sum() < 11 and world.organisations.open.any()
    assert share[withdrawn] == pytest.approx(before[withdrawn])
    assert share.sum() == pytest.approx(1.0)


def test_whoever_had_no_hours_at_the_start_does_not_write_applications_without_end():
    extreme = EXTREMES["coordination takes all hours of the smallest at the start and none from 2022"]
    result, model = watch(scenario(**extreme))
    written = indicator(result, "applications_submitted")[:, :-1]
    none = ~model.world.reference.hours.any(axis=1)
    assert none.any() and not none.all()
    assert written[:, none].any()
    assert written[:, none].max() < written[:, ~none].max()


def test_nobody_passes_the_harshest_evaluation_twice():
    # Whoever loses the grant is closed and, without an open call, nobody follows.
    result, _ = watch(scenario(**EXTREMES["evaluated every year, threshold 1.5, money returned"]))
    active = indicator(result, "organisations_active")[:, -1]
    assert active[10] == 13 > active[11] and (active[1:] <= active[:-1]).all()
    assert indicator(result, "grant_returned_mkr")[11, -1] > 0
    lost = indicator(result, "organisations_withdrawn")[:, -1]
    assert lost[11] == 13 - active[11] and lost.sum() == 13 - active[-1]
    assert indicator(result, "organisations_evaluated")[[7, 11], -1].tolist() == [0, 13]  # nobody before 2023 is over


def test_members_who_do_not_mind_pay_tenfold_fees_tenfold():
    tenfold, _ = watch(scenario(**EXTREMES["fees ten times as high, members do not mind"], end="2021Q4"))
    usual, _ = watch(scenario(parameters={"membership.renewal_elasticity": 0}, end="2021Q4"))
    fees = [indicator(result, "fees_mkr")[:, -1] for result in (tenfold, usual)]
    assert (fees[0] / fees[1]).tolist() == pytest.approx([10.0] * 4, rel=0.05)


def test_no_seat_is_taken_twice():
    # Attendance is min(seats, willing invited): second seats must come out of the same seats.
    result, _ = watch(scenario(scale=1.0, end="2022Q4"))
    seats(result)


def test_projects_end_with_their_last_firm():
    # A pilot without firms stops (M077); closing of firms must do the same as withdrawal, or the money runs on.
    _, model = watch(scenario({"firms.closing_small": 0.1, "firms.closing_medium": 0.1}, scale=0.05, end="2024Q4"))
    projects = model.world.projects
    assert not (projects.running & (projects.firms == 0)).any()
