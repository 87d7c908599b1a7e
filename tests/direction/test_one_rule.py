"""The sign of one rule alone. Two runs of the same seed part by one lever, and the quarter in which they part is read.

Draws are shared, so that "no more" can be said of sets: nobody joins at a higher fee who would not have joined at a
lower one. The sign of a whole policy is a result of the model and no test.
"""

import numpy as np
import pytest

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.ecosystem.processes.policy import separate_output
from klyngesim.results.indicators import index
from klyngesim.results.vocabulary import ACCOUNT, STAGE
from klyngesim.scenario.loading import load
from tests.direction.pairs import AT, pairs_of, world

SEEDS = (1, 2)


def said_yes(found):
    """(firm, organisation) of the strangers who accepted this quarter."""
    return set(zip(found.newcomers.ident.tolist(), found.newcomers.organisation.tolist(), strict=True))


def took_part(found):
    """(firm, organisation) that took part this quarter."""
    return pairs_of(found, np.flatnonzero(found.relations.last == AT))


def members(found):
    """(firm, organisation) of members."""
    return pairs_of(found, np.flatnonzero(found.relations.member))


def joined(found):
    """(firm, organisation) that joined this quarter."""
    return pairs_of(found, np.flatnonzero(found.relations.member & (found.relations.since == AT)))


def stayed(spread):
    """Members at the end of 2023 over everybody of 2021-2023, and effects on leaving, shape (seeds, organisations)."""
    case = load("baseline", ["period.end=2023Q4", f"organisation.exit_spread={spread}"])
    models = [Ecosystem(case, seed) for seed in SEEDS]
    last = np.stack([model.run().indicators[-1, :-1] for model in models])
    stock, ever = (last[:, :, index(name)] for name in ("members", "members_three_years"))
    leaving = np.stack([model.world.organisations.leaving for model in models])
    return np.where(stock > 0.0, stock, np.nan) / ever, leaving


def test_members_stay_shorter_where_they_leave_more_readily():
    (alike, none), (apart, leaving) = stayed(0.0), stayed(0.9)
    assert (none == 1.0).all()
    there = np.isfinite(alike) & np.isfinite(apart)  # but for organisations that closed
    change, effect = np.log(apart / alike)[there], np.log(leaving)[there]
    assert np.corrcoef(change, effect)[0, 1] < -0.8
    assert change[effect > 0.3].max() < 0.0 < change[effect < -0.5].min()


@pytest.mark.parametrize("seed", SEEDS)
def test_more_hours_bring_no_fewer_contacts(seed):
    """One funding string instead of two frees hours of administration."""
    usual, freed = world(seed=seed), world({"admin.funding_strings": 1}, seed=seed)
    assert (freed.plan.hours >= usual.plan.hours).all()
    assert (freed.flows.contacts >= usual.flows.contacts).all()
    assert freed.flows.contacts.sum() > usual.flows.contacts.sum()
    assert said_yes(freed) > said_yes(usual)  # and nobody who would have been asked is passed over


@pytest.mark.parametrize("seed", SEEDS)
def test_depth_writes_more_applications_and_contacts_fewer_firms(seed):
    """Hours move from recruiting and keeping to applications and projects; all others stay, and so does their sum."""
    usual, deep = world(seed=seed), world({"depth.shift": 0.5}, seed=seed)
    assert deep.flows.contacts.sum() < usual.flows.contacts.sum()
    assert deep.plan.applications.sum() > usual.plan.applications.sum()
    np.testing.assert_allclose(deep.plan.hours.sum(axis=1), usual.plan.hours.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(deep.plan.hours[:, :2], 0.5 * usual.plan.hours[:, :2], rtol=1e-12)
    assert (deep.plan.hours[:, 2] == usual.plan.hours[:, 2]).all()
    all_of_it = world({"depth.shift": 1.0}, seed=seed)
    assert all_of_it.flows.contacts.sum() == 0.0


@pytest.mark.parametrize("seed", SEEDS)
def test_firms_that_are_referred_say_no_less_often_no(seed):
    usual, warm = world(seed=seed), world({"referral.from_actors": 1.0}, seed=seed)
    assert said_yes(warm) > said_yes(usual)
    assert (warm.flows.contacts == usual.flows.contacts).all()
    cold = world({"referral.from_actors": 1.0}, {"referral.warmth": 0.0}, seed=seed)
    assert said_yes(cold) == said_yes(usual)


def test_merged_actors_compete_no_more_and_free_hours():
    usual, merged = world(), world({"environment.consolidated": 1.0})
    others = 6.0  # `environment.support_actors`
    assert merged.environment.actors == usual.environment.actors - others
    assert said_yes(merged) >= said_yes(usual)
    open_now = usual.organisations.open
    freed = (merged.plan.hours - usual.plan.hours).sum(axis=1)[open_now]
    np.testing.assert_allclose(freed, others * 40.0 / 4.0)
    unbothered = world({"environment.consolidated": 1.0}, {"coordination.hours_per_actor": 0.0})
    assert (unbothered.plan.hours == usual.plan.hours).all()


def test_separate_initiatives_hold_what_their_money_pays_at_the_cost_of_the_organisations():
    """At the same cost and fill the money buys the same routed or not, in proportion to what is separate."""
    usual, half = world(), world({"initiative.routed_share": 0.5})
    assert usual.environment.separate_money == 2.0 * half.environment.separate_money > 0.0
    activities, firms = separate_output(usual)
    held, grant = usual.reference.activities_quarter.sum(), usual.reference.grant_quarter.sum()
    cost = grant / held * usual.environment.price
    assert activities == pytest.approx(usual.environment.separate_money / cost)
    assert firms == pytest.approx(activities * usual.reference.seats_quarter.sum() / held * 0.75)
    assert separate_output(world({"initiative.routed_share": 1.0})) == (0.0, 0.0)
    dear = world(parameters={"initiative.cost_ratio": 1.25, "initiative.fill": 1.0})
    assert separate_output(dear) == pytest.approx((activities / 1.25, firms / 0.75 / 1.25))


@pytest.mark.parametrize("seed", SEEDS)
def test_money_that_depends_on_the_firm_keeps_it_in_projects_with_universities(seed):
    leaving = {"project.withdraw_quarter": 0.1, "researcher.conditional_ease": 0.0}
    usual, bound = (world(values, leaving, seed=seed) for values in (None, {"researcher.conditional": 1.0}))
    assert bound.flows.withdrawn.sum() < usual.flows.withdrawn.sum()
    free = world({"researcher.conditional": 1.0}, leaving | {"researcher.conditional_withdrawal": 0.0}, seed=seed)
    assert (free.flows.withdrawn == usual.flows.withdrawn).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dearer_mix_that_the_state_pays_takes_nothing_from_the_other_activities(seed):
    """Within the grant it does."""
    mix = {"activity_mix.internationalisation": 0.3}
    usual, within = world(seed=seed), world(mix, seed=seed)
    extra = world(mix | {"measures.paid_by": "extra"}, seed=seed)
    numbers = [found.plan.activities_expected for found in (usual, within, extra)]
    assert (numbers[2] >= numbers[0] - 1e-9).all()
    np.testing.assert_allclose(numbers[2][:, 0], numbers[0][:, 0])
    assert numbers[2][:, 1].sum() > numbers[0][:, 1].sum()
    assert numbers[1][:, 0].sum() < numbers[0][:, 0].sum()
    paid = [found.ledger.now.book["own_initiatives"].sum() for found in (usual, within, extra)]
    assert paid[0] == paid[1] < paid[2]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_higher_fee_brings_no_more_joiners_and_no_fewer_leavers(seed):
    minding = {"membership.joining_elasticity": -1.0, "membership.renewal_elasticity": -0.3}
    cheap, dear = world(parameters=minding, seed=seed), world({"fees.level": 5.0}, minding, seed=seed)
    before = members(world(parameters=minding, quarters=0, seed=seed))
    assert joined(dear) - before < joined(cheap) - before
    assert members(dear) < members(cheap)  # whoever stays at the higher fee stays at today's


def test_a_fee_that_nobody_minds_changes_no_member():
    deaf = {"membership.joining_elasticity": -0.02, "membership.renewal_elasticity": 0.0}
    assert members(world({"fees.level": 1.0001}, deaf)) == members(world(parameters=deaf))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_higher_list_fee_of_a_class_moves_that_class_alone(seed):
    """Micro firms pay more from a date on: some of them leave or do not join, and nobody else notices."""
    minding = {"membership.joining_elasticity": -1.0, "membership.renewal_elasticity": -0.3}
    usual, dear = world(parameters=minding, seed=seed), world({"fees.micro": 30000.0}, minding, seed=seed)
    assert members(dear) < members(usual)
    size = dict(zip(usual.contacts.ident.tolist(), usual.contacts.size.tolist(), strict=True))
    assert {size[firm] for firm, _ in members(usual) - members(dear)} == {0}
    assert dear.ledger.now.book["own_fees"].sum() > usual.ledger.now.book["own_fees"].sum()


def test_firms_spared_by_the_guard_leave_no_more_than_before():
    """A rebate for firms below 50 employees brings no fewer of them and changes nobody else."""
    usual, guarded = world(), world({"guard.fee_rebate": 1.0})
    small = {
        (int(firm), int(organisation))
        for firm, size, organisation in zip(
            usual.contacts.ident[usual.relations.contact],
            usual.contacts.size[usual.relations.contact],
            usual.relations.organisation,
            strict=True,
        )
        if size <= 1
    }
    assert members(guarded) >= members(usual)
    assert members(guarded) - members(usual) <= small


@pytest.mark.parametrize("seed", SEEDS)
def test_more_applications_to_a_capped_call_lower_everybodys_success(seed):
    """Organisations write more applications; two quarters later, when they are decided, the pots are shorter."""
    known = {"application.decision_quarters": 2, "calls.success_rule": "capped", "calls.success_cap": 0.9}
    settings = {"parameters": known, "quarters": 3, "seed": seed}
    usual, busy = world(**settings), world({"effort.apply": 1.0}, **settings)
    before = world(parameters=known, seed=seed), world({"effort.apply": 1.0}, known, seed=seed)
    assert before[1].flows.applications.sum() > before[0].flows.applications.sum()
    assert (busy.environment.success <= usual.environment.success).all()
    assert (busy.environment.success < usual.environment.success).any()


def test_more_applications_of_others_lower_success():
    usual = world()
    crowded = world({"calls.others_national_mkr_year": 9000.0, "calls.others_eu_mkr_year": 14000.0})
    assert (crowded.environment.success < usual.environment.success).all()
    assert crowded.flows.won.sum() <= usual.flows.won.sum()


def holders(found):
    """Posts with the person who holds them."""
    staff = found.posts
    rows = np.flatnonzero(staff.filled & (staff.since < AT))
    return set(zip(rows.tolist(), staff.holder[rows].tolist(), strict=True))


SAFE = {"renewal.loss_ufs": 0.02, "renewal.loss_deb": 0.01, "staff.exit_year": 0.3}
RISKIER = {"renewal.loss_ufs": 0.3, "renewal.loss_deb": 0.2}


@pytest.mark.parametrize("seed", SEEDS)
def test_shorter_expected_support_lets_no_fewer_staff_leave(seed):
    minding = SAFE | {"staff.exit_response": 1.0}
    usual, riskier = world(parameters=minding, seed=seed), world(RISKIER, minding, seed=seed)
    assert (riskier.organisations.support < usual.organisations.support).all()
    assert holders(riskier) < holders(usual)  # whoever stays at the lower hope stays at the higher one
    assert (riskier.flows.staff_left >= usual.flows.staff_left).all()


def test_staff_who_do_not_mind_stay():
    deaf = SAFE | {"staff.exit_response": 0.0}
    assert holders(world(RISKIER, deaf)) == holders(world(parameters=deaf))


@pytest.mark.parametrize("seed", SEEDS)
def test_more_seats_bring_no_fewer_participants(seed):
    few = {"seats.dissemination_firms": 4.0, "seats.internationalisation_firms": 4.0}
    small, large = world(parameters=few, seed=seed), world({"seats.dissemination_firms": 8.0}, few, seed=seed)
    assert (large.flows.seats_offered >= small.flows.seats_offered).all()
    assert took_part(large) > took_part(small)


def test_seats_without_limit_bring_everybody_who_wants_and_can():
    few = {"seats.dissemination_firms": 4.0}
    assert took_part(world({"attendance.rule": "demand"}, few)) > took_part(world(parameters=few))


@pytest.mark.parametrize("seed", SEEDS)
def test_more_competing_actors_bring_no_more_answers(seed):
    """Under the monotone response; the same firms are asked."""
    listening = {"attention.response": "monotone", "attention.strength": 1.0}
    usual, crowded = (
        world(parameters=listening, seed=seed),
        world({"environment.support_actors": 40.0}, listening, seed=seed),
    )
    assert crowded.environment.actors > usual.environment.actors
    assert np.array_equal(crowded.flows.contacts, usual.flows.contacts)
    assert said_yes(crowded) < said_yes(usual)
    assert (crowded.flows.willing <= usual.flows.willing).all()


def test_actors_that_nobody_minds_change_no_answer():
    deaf = {"attention.strength": 0.0}
    assert said_yes(world({"environment.support_actors": 40.0}, deaf)) == said_yes(world(parameters=deaf))


# Spending, costs and closing do not respond to cash, so that only the calendar of payments is left.
UNMOVED = {"finance.least_activity": 1.0, "finance.spend_down": 0.0, "finance.patience_quarters": 8}


def test_a_longer_credit_to_deb_leaves_no_more_cash():
    usual, late = (world(values, UNMOVED, quarters=7) for values in (None, {"deb.credit_months": 16}))
    closing = [found.ledger.book[:, :, ACCOUNT["own_closing"]] for found in (usual, late)]
    assert (closing[1] <= closing[0]).all()
    assert (closing[1][AT + 1] < closing[0][AT + 1]).all()  # half-yearly payments: each has seen one by then


def test_a_better_broker_makes_no_fewer_matches():
    """Units of institutions take everybody and hours are what they are, so that one match never costs another."""
    room = {"scarcity.seats": "off", "scarcity.hours": "off"}
    usual = world(parameters=room | {"segmentation.effect": 0.3, "segmentation.hours_year": 100})
    better = world({"segmentation.level": 1.0}, room | {"segmentation.effect": 0.3, "segmentation.hours_year": 100})

    def matched(found):
        fresh = (found.episodes.stage == STAGE["matchmaking"]) & (found.episodes.since == AT)
        return set(found.episodes.number[fresh].tolist())

    assert matched(better) >= matched(usual)


def test_a_larger_penalty_of_distance_brings_no_more_answers():
    usual, far = world(), world({"recruitment.regional_penalty": 0.8})
    assert said_yes(far) < said_yes(usual)
