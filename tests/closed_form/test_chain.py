"""Without interactions the funnel is a Markov chain: flows are what the chances say, within Monte-Carlo error.

Every check is a count against its expectation under the chain. The bound is four standard errors, fixed before any
run; with the sixteen checks of this file chance alone breaks it once in a thousand. The last test shows that
the counts are large enough to notice a chance that is off by ten per cent.
"""

import numpy as np
import pytest

from tests.closed_form.worlds import alone, error, flows

BOUND = 4.0
READY = 0.5
EARLY = ("dissemination", "internationalisation")
LOST = ("not_ready", "no_partner", "other_fora", "lost_trust", "no_capacity")

CHAIN = {
    "recruitment.answer_base": 0.6,
    "idea.base": 0.7,
    "idea.again": 0.0,
    "idea.loss_quarter": 0.35,
    "match.base": 0.5,
    "matched.to_pilot": 0.0,
    "matched.to_application": 0.25,
    "matched.grounded_ratio": 1.0,
    "matched.loss_quarter": 0.2,
    "application.grounding": 0.0,
    "application.tie_weight": 0.0,
    "application.usual_quality": 1.0,
    "application.try_again": 0.4,
    "project.start_response": 0.0,
    "project.withdraw_quarter": 0.02,
    "calls.fixed_success_national": 0.3,
    "calls.fixed_success_eu": 0.3,
    "external.length_low_quarters": 4,
    "external.length_high_quarters": 4,
    "innovation.per_external": 0.4,
}
YES = CHAIN["recruitment.answer_base"] * READY
IDEA = CHAIN["idea.base"] * READY
MATCH = CHAIN["match.base"] * READY
LOSS = (1.0 - MATCH) * CHAIN["idea.loss_quarter"]


class Walk:
    """A run of the chain with the numbers at risk before each step, summed over the organisations, by quarter."""

    def __init__(self, seed):
        model = alone(CHAIN, "2026Q4", 0.2, seed)
        world = model.world
        self.unmatched, self.matched, self.can_apply = [], [], []
        for _ in range(world.periods):
            model.step()
            self.unmatched.append(world.plan["open_ideas"].sum())
            self.can_apply.append(world.seats["applications"] > 0)
        self.result = model.run()
        self.projects, self.world = world.projects, world

    def flow(self, sources, target, reasons=None):
        return flows(self.result, sources, target, reasons)


@pytest.fixture(scope="module", params=[1, 2])
def walk(request):
    return Walk(request.param)


def checks(walk):
    """Name: (count, tries by quarter, chance under the chain)."""
    contacted = walk.flow(("outside",), "contacted")
    newly = walk.flow(("contacted",), "left", ("not_ready", "not_interested"))
    # Known firms come back as contacted too; strangers are counted by their contacts.
    contacts = walk.result.indicators[:, -1, walk.result.indicator_ids.index("contacts")]
    without = sum(walk.flow(("contacted",), stage) for stage in EARLY)
    matched = walk.flow(EARLY, "matchmaking")
    ideas = walk.unmatched
    lost = walk.flow(EARLY, "left", LOST)
    assert (contacted >= contacts).all()
    decided = walk.projects.end != 0
    asked = decided & (walk.projects.kind == 1) & (walk.projects.number % 1024 < walk.world.periods)
    ran = walk.flow(("external_project",), "innovation")
    ended = ran + walk.flow(("external_project",), "left", ("completed",))
    again = walk.flow(("application",), "matchmaking", ("rejected",))
    rejected = again + walk.flow(("application",), "left", ("rejected",))
    return {
        "strangers who decline": (newly, contacts, 1.0 - YES),
        "ideas that meet an institution and are matched": (matched, ideas, MATCH),
        "participants without an idea, and ideas given up": (
            lost - without * (1.0 - IDEA), ideas, LOSS, np.sqrt((without * IDEA * (1.0 - IDEA)).sum()),
        ),
        "applications that are won": (
            np.count_nonzero(walk.projects.end[asked] > 0), np.count_nonzero(asked),
            CHAIN["calls.fixed_success_national"],
        ),
        "firms rejected that try again": (again, rejected, CHAIN["application.try_again"]),
        "projects that end in an innovation": (ran, ended, CHAIN["innovation.per_external"]),
    }  # fmt: skip


def distance(found, tries, chance, more=0.0):
    """Standard errors between a count and its expectation; ``more`` is a further, independent standard error."""
    z = error(found, tries, chance)
    own = np.sqrt((np.atleast_1d(np.asarray(tries, float)) * chance * (1.0 - chance)).sum())
    return z * own / np.sqrt(own * own + more * more)


def test_flows_are_those_of_the_chain(walk):
    found = {name: distance(*numbers) for name, numbers in checks(walk).items()}
    assert all(abs(z) <= BOUND for z in found.values()), found


def test_matched_ideas_go_on_or_are_given_up_as_the_chain_says(walk):
    """One draw decides between application, giving up and waiting; a closed door (no hours) means waiting."""
    given_up = walk.flow(("matchmaking",), "left", ("price", "lost_trust", "other_fora"))
    applied = walk.flow(("matchmaking",), "application")
    expected = CHAIN["matched.to_application"] / CHAIN["matched.loss_quarter"]
    # Given that an idea moves, it applies with chance 0.25 / 0.45 where there are hours for an application.
    moved = applied + given_up
    z = error(applied, moved, expected / (1.0 + expected))
    assert moved.sum() > 1000
    # Organisations without hours for an application in a quarter pull the share down, never up.
    assert z <= BOUND
    share = np.mean(walk.can_apply)
    low = share * CHAIN["matched.to_application"]
    assert error(applied, moved, low / (low + CHAIN["matched.loss_quarter"])) >= -BOUND


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_chance_off_by_ten_per_cent_would_be_noticed(walk, factor):
    wrong = {}
    for name, (found, tries, chance, *more) in checks(walk).items():
        wrong[name] = abs(distance(found, tries, min(0.99, chance * factor), *more))
    frequent = [z for name, z in wrong.items() if name.startswith(("strangers", "ideas", "participants"))]
    assert min(frequent) > BOUND, wrong
