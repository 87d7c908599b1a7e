"""What every part of a variant contributes: parts by lever, the variant without one of them, and what adds up."""

import math
from collections import defaultdict

import pytest

from klyngesim.comparisons.decomposition import REST, decompose, parts_of, runs_needed
from klyngesim.comparisons.pairs import opened, run_pairs
from klyngesim.scenario.loading import read_template

SMALL = ["population.scale=0.005", "period.end=2026Q4"]
TWO = """\
name: two-parts
extends: baseline
source: [L36]
parameters: {trust.gain: 0.1}
timeline:
  - from: 2025Q1
    set: {calls.pot_eu_mkr_year: 3000}
  - from: 2025Q1
    cluster: food
    set: {activity_mix.application: 0.4}
"""


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    file = tmp_path_factory.mktemp("parts") / "two-parts.yaml"
    file.write_text(TWO, encoding="utf-8")
    return opened(["baseline", str(file)], SMALL)


def test_what_is_set_through_one_lever_is_one_part():
    variant = read_template("r1-depth-and-breadth", SMALL)
    found = {part.name: part.parameters for part in parts_of(read_template("baseline", SMALL), variant)}
    assert found["L02"] == ("depth.shift",)
    assert set(found["L04"]) == {"presence.foreign_institution", "activity_mix.internationalisation"}
    assert [name for name in found if found[name] == ("institutions.outreach",)] == ["L03"]


def test_a_lever_that_the_variant_names_goes_before_the_first_of_a_parameter():
    baseline = read_template("baseline", SMALL)
    names = [part.name for part in parts_of(baseline, read_template("r4-guard-fees", SMALL))]
    assert "L12" in names and len(names) == len(set(names))


def test_a_variant_without_a_part_is_what_is_left_of_it(templates):
    baseline, variant = templates
    less = variant.without(["trust.gain"], baseline).scenario
    assert less.values["trust.gain"] == baseline.scenario.values["trust.gain"]
    assert [lever.cluster for lever in less.timeline] == [None, "food"]
    assert [one.cluster for one in variant.without(["activity_mix.application"], baseline).scenario.timeline] == [None]
    nothing = variant.without([key for part in parts_of(baseline, variant) for key in part.parameters], baseline)
    assert nothing.scenario.values == baseline.scenario.values and not nothing.scenario.timeline


def test_contributions_and_the_rest_add_up_to_the_difference(templates):
    runs = run_pairs(templates, 2, "central", at_least=2)
    told = []
    rows = list(decompose(templates, runs, 2, on_progress=lambda now: told.append((now.done, now.total))))
    assert told[-1] == (runs_needed(templates, 2),) * 2 == (6, 6)
    whole, given = {}, defaultdict(float)
    for row in rows:
        assert row.n_pairs == 2
        whole[row.indicator] = row.whole
        given[row.indicator] += row.contribution
    assert given == pytest.approx(whole, abs=1e-12)
    assert whole["participants_unique_year"] == pytest.approx(runs.paired(1, 0, "participants_unique_year").relative)
    trust = [row for row in rows if row.parameters == "trust.gain" and row.indicator == "social_capital"]
    assert trust[0].contribution < 0.0


def test_a_part_without_which_a_variant_cannot_be_run_is_told_and_is_in_the_rest(templates, monkeypatch):
    from klyngesim.scenario.faults import Fault, ScenarioFaults
    from klyngesim.scenario.template import Template

    without = Template.without

    def refused(self, keys, other):
        if "trust.gain" in keys:
            raise ScenarioFaults([Fault("file", "path", "found", "allowed")])
        return without(self, keys, other)

    monkeypatch.setattr(Template, "without", refused)
    rows = list(decompose(templates, run_pairs(templates, 2, "central", at_least=2), 2))
    alone = [row for row in rows if row.parameters == "trust.gain"]
    assert alone and all(row.n_pairs == 0 and math.isnan(row.contribution) for row in alone)
    rest = next(row for row in rows if row.part == REST and row.indicator == "social_capital")
    assert rest.n_pairs == 2 and rest.contribution < 0.0
