"""A new organisation begins anew: it is not judged by what its predecessor did."""

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.scenario.loading import from_mapping


def test_a_successor_is_scored_against_its_own_first_year():
    """With an evaluation every year and an open call, nobody closes again before a year in office is over."""
    strict = {
        "evaluation.every_years": 1.0,
        "evaluation.stagger_quarters": 1,
        "evaluation.threshold": 1.0,
        "evaluation.money": "open_call",
        "open_call.wait_quarters": 1,
        "scarcity.money": "off",
    }
    data = {"extends": "baseline", "population": {"scale": 0.01}, "period": {"end": "2025Q4"}, "parameters": strict}
    model = Ecosystem(from_mapping(data, "strict"), 1)
    organisations, succeeded = model.world.organisations, 0
    began = organisations.mandate_start.copy()
    while model.running:
        before = organisations.open.copy()
        model.step()
        opened = organisations.mandate_start != began
        succeeded += int(opened.sum())
        began = organisations.mandate_start.copy()
        young = before & (model.world.period - began < 4) & (began > 0)
        assert (organisations.score_recent[young] >= 1.0).all()
        assert organisations.open[young].all()
    assert succeeded > 3
