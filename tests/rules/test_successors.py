"""A new organisation begins anew: it is not judged by what its predecessor did."""

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.ecosystem.processes.evaluation import begin_periods
from klyngesim.results.indicators import index
from klyngesim.scenario.loading import from_mapping, load


def test_a_successor_is_scored_against_its_own_start():
    """With an evaluation every year and an open call, nobody closes again before three years in office are over."""
    strict = {
        "evaluation.every_years": 1.0,
        "evaluation.stagger_quarters": 1,
        "evaluation.threshold": 1.0,
        "evaluation.start_years": 1,
        "evaluation.score_years": 1,
        "evaluation.money": "open_call",
        "open_call.wait_quarters": 1,
        "scarcity.money": "off",
    }
    data = {"extends": "baseline", "population": {"scale": 0.01}, "period": {"end": "2027Q4"}, "parameters": strict}
    model = Ecosystem(from_mapping(data, "strict"), 1)
    organisations, succeeded = model.world.organisations, 0
    began = organisations.mandate_start.copy()
    while model.running:
        before = organisations.open.copy()
        model.step()
        opened = organisations.mandate_start != began
        succeeded += int(opened.sum())
        began = organisations.mandate_start.copy()
        years = (model.world.period - began) / 4
        young = before & (years < 3) & (began > 0)
        assert (organisations.score_recent[young] == 1.0).all()
        assert organisations.open[young].all()
    assert succeeded > 3


def test_the_years_after_the_first_are_the_measure():
    """Scores are 1 until a year lies after the own start, and that start is what later years are measured by."""
    model = Ecosystem(load("baseline", ["population.scale=0.01", "period.end=2024Q4"]), 1)
    organisations = model.world.organisations
    while model.world.period < 15:
        model.step()
        assert (organisations.score_recent == 1.0).all()
    model.run()
    assert (organisations.score_recent != 1.0).all()
    applications = model.indicators[:, :-1, index("activities_application")]
    assert organisations.score_start[:, 1].tolist() == (applications[4:12].sum(axis=0) / 2.0).tolist()


def test_shares_of_the_grant_change_only_as_a_period_begins():
    """Whatever their sum: an organisation is lost where its grant period ends, and in no other quarter."""
    settings = ["population.scale=0.01", "period.end=2026Q4", "renewal.organisations_lost=2"]
    world = Ecosystem(load("baseline", settings), 1).world
    ends, share = int(world.organisations.period_end[0, 0]), 0.5 * world.reference.grant_share
    for period, changes in ((ends - 1, False), (ends, True)):
        world.reference.grant_share, world.period = share, period
        begin_periods(world)
        assert (world.reference.grant_share.tolist() != share.tolist()) == changes
