"""Sweep files: which factors they mean, and that everything wrong with one is said at once, before anything runs."""

import re

import pytest

from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.loading import load, shipped_folder
from klyngesim.scenario.parameters import registry
from klyngesim.sweeps.file import read_sweep
from klyngesim.sweeps.points import numbers_and_switches, scenarios_of, together
from klyngesim.sweeps.runs import design_of, seed_of

PAIR = "scenario: [baseline, r3-ten-years]\nset: [population.scale=0.01, period.end=2025Q4]\noutcomes: [members]\n"


def read(tmp_path, text):
    path = tmp_path / "sweep.yaml"
    path.write_text(f"name: s\n{text}", encoding="utf-8")
    return read_sweep(path)


def faults(tmp_path, text):
    with pytest.raises(ScenarioFaults) as refused:
        read(tmp_path, text)
    return [str(fault) for fault in refused.value.faults]


def test_grades_patterns_ids_and_ranges(tmp_path):
    sweep = read(tmp_path, PAIR + "method: lhs\nsamples: 8\nparameters: [trust.*, evaluation.loss]\nswitches: [M085]\n")
    ids = [factor.id for factor in sweep.factors]
    assert {"trust.gain", "trust.floor", "evaluation.loss", "M085"} < set(ids) and ids[-1] == "dummy"
    assert sweep.points == 8 and sweep.runs == 16
    own = read(tmp_path, PAIR + "method: oat\nparameters: {evaluation.loss: {low: 0.1, high: 0.2}}\ndummy: false\n")
    (factor,) = own.factors
    assert factor.value(0.0) == 0.1 and factor.value(1.0) == 0.2
    assumed = read(tmp_path, PAIR + "method: lhs\nsamples: 8\nparameters: assumed\n")
    known = registry()
    assert len(assumed.factors) > 150
    assert all(known[factor.id].grade == "assumed" for factor in assumed.factors[:-1])
    # What a scenario of the sweep sets itself cannot be varied; a grade leaves it out and says so.
    left = dict(assumed.left_out)
    assert "a scenario of the sweep sets it itself" in left["evaluation.every_years"]
    assert "evaluation.every_years" not in [factor.id for factor in assumed.factors]


def test_everything_wrong_is_said_at_once(tmp_path):
    found = faults(
        tmp_path,
        "scenario: [baseline, r3-ten-years]\nmethod: sobol\nsamples: 12\nlevels: 4\noutcomes: [membres]\n"
        "parameters: {evaluation.los: , trust.gain: {low: -1, high: 0.5}, grant.horizon_years: }\nswitches: [M999]\n",
    )
    text = "\n".join(found)
    assert "membres" in text and "did you mean members?" in text
    assert "evaluation.los" in text and "did you mean evaluation.loss?" in text
    assert "low below high, inside" in text
    assert "a scenario of the sweep sets it itself" in text
    assert "M999" in text and "levels" in text
    assert all(line.count("\n") == 0 for line in found)


def test_a_wrong_key_does_not_hide_what_is_wrong_elsewhere(tmp_path):
    found = faults(
        tmp_path,
        """scenario: [baseline, r3-ten-yaers, r4-private-mony]
method: bogus
sample: 12
levels: many
outcomes: [membres]
parameters:
  evaluation.los:
  trust.gain: {low: -1, high: 0.5}
  trust.floor: {low: x}
""",
    )
    text = "\n".join(found)
    for words in (
        "yaml:2: scenario[1]: r3-ten-yaers: no such scenario",
        "did you mean r3-ten-years?",
        "did you mean r4-private-money?",
        "yaml:3: method: 'bogus'",
        "yaml:4: sample: 12; allowed: no key of this name; did you mean samples?",
        "yaml:5: levels: 'many'; allowed: a whole number",
        "yaml:6: outcomes[0]: membres",
        "yaml:8: parameters.evaluation.los: evaluation.los",
        "did you mean evaluation.loss?",
        "yaml:9: parameters.trust.gain: -1 to 0.5; allowed: low below high, inside",
        "yaml:10: parameters.trust.floor.low: 'x'; allowed: a number",
        "yaml:10: parameters.trust.floor.high: missing",
    ):
        assert words in text, (words, text)
    assert len(found) == 10


def test_faults_have_the_line_of_their_key(tmp_path):
    text = "scenario: [baseline, r3-ten-years]\nmethod: lhs\nsamples: 4\noutcomes:\n  - members\n  - membres\n"
    found = faults(tmp_path, text + "parameters:\n  trust.gain:\n  trust.gian:\nswitches: [M999]\n")
    places = {re.search(r"yaml:(\d+): ([^:]+)", line).groups() for line in found}
    assert places == {("7", "outcomes[1]"), ("10", "parameters.trust.gian"), ("11", "switches[0]")}


def test_faults_inside_lists_have_the_line_of_their_entry_whatever_stands_before(tmp_path):
    text = """scenario:
  - baseline
  - r3-ten-yaers
method: sobl
outcomes:
  - 3
  - members
  - membres
  - members
parameters:
  - trust.gain
  - trust.gian
switches:
  - 7
  - M999
set:
  - population.scale=0.01
  - period.edn=2025Q4
"""
    found = {re.search(r"yaml:(\d+): ([^:]+): (.*)", line).groups() for line in faults(tmp_path, text)}
    assert {(line, path) for line, path, _ in found} == {
        ("4", "scenario[1]"), ("5", "method"), ("7", "outcomes[0]"), ("9", "outcomes[2]"), ("10", "outcomes[3]"),
        ("13", "parameters[1]"), ("15", "switches[0]"), ("16", "switches[1]"), ("19", "set[1]"),
    }  # fmt: skip
    said = {path: text for _, path, text in found}
    assert said["method"].endswith("did you mean sobol?") and said["set[1]"].startswith("period.edn: ")


@pytest.mark.parametrize("number", [".nan", ".inf", "-.inf"])
def test_a_range_needs_numbers(tmp_path, number):
    (found,) = faults(
        tmp_path, PAIR + f"method: lhs\nsamples: 4\nparameters:\n  trust.gain: {{low: {number}, high: 0.5}}\n"
    )
    assert "yaml:8: parameters.trust.gain.low: " in found and found.endswith("allowed: a number")


def test_an_unknown_parameter_with_a_broken_range_is_both(tmp_path):
    text = "\n".join(faults(tmp_path, PAIR + "method: lhs\nsamples: 4\nparameters: {trust.gian: {low: x}}\n"))
    assert "did you mean trust.gain?" in text and "trust.gian.low: 'x'" in text


def test_a_range_without_the_usual_value_is_told_though_it_may_be_run(tmp_path):
    text = PAIR + "method: lhs\nsamples: 8\nparameters: {trust.gain: , evaluation.loss: {low: 0.25, high: 0.3}}\n"
    assert "evaluation.loss is varied from 0.25 to 0.3, without its usual value 0.16" in read(tmp_path, text).warnings


@pytest.mark.parametrize(
    ("name", "told"),
    [("y" * 300, "allowed: at most 80 characters"), ("My sweep", "did you mean my-sweep?"), ("a-", "hyphens")],
)
def test_a_sweep_is_named_like_a_scenario(tmp_path, name, told):
    path = tmp_path / "sweep.yaml"
    path.write_text(f"name: {name}\n{PAIR}method: lhs\nsamples: 4\nparameters: [trust.gain]\n", encoding="utf-8")
    with pytest.raises(ScenarioFaults) as refused:
        read_sweep(path)
    (fault,) = refused.value.faults
    assert fault.line == 1 and fault.path == "name" and told in str(fault)


@pytest.mark.parametrize("end", ["2021Q2", "2021Q3"])
def test_a_period_without_a_whole_year_has_nothing_to_measure(tmp_path, end):
    text = PAIR.replace("2025Q4", end) + "method: lhs\nsamples: 4\nparameters: [trust.gain]\n"
    found = faults(tmp_path, text.replace("[baseline, r3-ten-years]", "baseline"))
    assert len(found) == 1 and f"set[1]: period.end: {end}; allowed: 2021Q4 or later" in found[0]


def test_a_missing_key_is_told_with_the_rest(tmp_path):
    found = faults(tmp_path, "method: lhs\nsamples: 4\noutcomes: [membres]\nparameters: [trust.gian]\n")
    assert len(found) == 3
    assert any("scenario: missing" in line for line in found)


def test_a_wrong_key_is_told_once(tmp_path):
    found = faults(tmp_path, PAIR + "method: lhs\nsamples: [4]\nparameters: [trust.gain]\n")
    assert len(found) == 1 and "samples" in found[0]
    found = faults(tmp_path, PAIR + "method: nothing\nsamples: 4\nlevels: 3\nparameters: [trust.gain]\n")
    assert len(found) == 1 and "method" in found[0]


def test_one_at_a_time_needs_the_usual_value_inside_the_range(tmp_path):
    text = PAIR + "method: oat\nparameters: {evaluation.loss: {low: 0.25, high: 0.3}}\n"
    (found,) = faults(tmp_path, text)
    assert "yaml:6: parameters.evaluation.loss: 0.25 to 0.3; allowed: a range with the usual value 0.16 in it" in found
    read(tmp_path, text.replace("oat", "lhs\nsamples: 4"))


def test_what_a_scenario_sets_itself_sets_the_limit_of_its_pair(tmp_path):
    """Lowered in the variant alone, from a date on as well as from the beginning."""
    lowered = "extends: baseline\nparameters: {external.length_high_quarters: 13}\n"
    (tmp_path / "low.yaml").write_text(lowered, encoding="utf-8")
    text = PAIR.replace("r3-ten-years", "low.yaml") + "method: lhs\nsamples: 16\n"
    text += "parameters: [external.length_low_quarters]\n"
    sweep = read(tmp_path, text)
    design, key = design_of(sweep), "external.length_low_quarters"
    assert max(design.values(point)[key] for point in range(len(design))) > 16
    for point in range(len(design)):
        assert numbers_and_switches(design.point(point), sweep.standing)[0][key] <= 13
        assert len(list(scenarios_of(design.point(point), sweep.templates, sweep.standing))) == 2
    dated = "extends: baseline\ntimeline: [{from: 2023Q1, set: {sponsorship.level: 1.5}}]\n"
    (tmp_path / "low.yaml").write_text(dated, encoding="utf-8")
    levels = [values["sponsorship.level"] for values in read(tmp_path, text).standing]
    assert levels == [1.0, 1.0, 1.5]
    assert together({"trust.floor": 0.5}, [{"initial.trust_high": 0.4}, {"initial.trust_high": 0.1}]) == {
        "trust.floor": 0.1
    }
    shares = [{"private.fees_share": 0.1, "private.sponsorship_share": 0.2, "private.foundations_share": 0.7}]
    stricter = [*shares, {**shares[0], "private.sponsorship_share": 0.6}]
    assert together({"private.fees_share": 0.1}, shares) == {"private.fees_share": pytest.approx(0.1)}
    assert together({"private.foundations_share": 0.7}, stricter) == {"private.foundations_share": pytest.approx(0.3)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("method: sobol\nsamples: 12\nparameters: [trust.gain]\n", "power of two"),
        ("method: morris\nparameters: [trust.gain]\n", "samples: missing"),
        ("method: lhs\nsamples: 4\nparameters: []\n", "nothing to vary"),
        ("method: bogus\nparameters: [trust.gain]\n", "method"),
        ("method: table\nparameters: [trust.gain]\n", "a CSV file"),
        ("method: table\ntable: no.csv\nparameters: [trust.gain]\n", "no such file"),
        ("method: lhs\nsamples: 4\nparameters: [trust.gain]\nsample: 3\n", "did you mean samples?"),
        ("method: lhs\nsamples: 4\nparameters: [presence.university]\n", "a value for each organisation"),
        ("method: lhs\nsamples: 4\nparameters: [attendance.rule]\n", "name its rivals under switches"),
        ("method: grid\nlevels: 1\nparameters: [trust.gain]\n", "levels"),
        (
            "method: lhs\nsamples: 4\nparameters: {trust.gain: [0.1, 0.3]}\n",
            "trust.gain: a list; allowed: a range {low: ..., high: ...}; did you mean {low: 0.1, high: 0.3}?",
        ),
        (
            "method: lhs\nsamples: 4\nlevers: {fees.level: [1, 2]}\n",
            "allowed: a range {low: ..., high: ..., from: 2025Q1}; did you mean {low: 1, high: 2, from: 2025Q1}?",
        ),
        ("method: lhs\nsamples: 4\nparameters: {trust.gain: 0.1-0.3}\n", "did you mean {low: 0.1, high: 0.3}?"),
        ("method: lhs\nsamples: 4\nparameters: {trust.gain: '0,1 til 0,3'}\n", "did you mean {low: 0.1, high: 0.3}?"),
        ("method: lhs\nsamples: 4\nparameters: {trust.gain: [0,1, 0,3]}\n", "did you mean {low: 0.1, high: 0.3}?"),
        ("method: lhs\nsamples: 4\nlevers: {fees.level: {low: 1, high: 2, from: 2025}}\n", "did you mean 2025Q1?"),
        ("method: lhs\nsamples: 4\nlevers: {fees.level: 1 to 2}\n", "did you mean {low: 1, high: 2, from: 2025Q1}?"),
        ("method: lhs\nsamples: 4\nparameters: {trust.gain: 0.2}\n", "trust.gain: 0.2; allowed: a range {low: ..., "),
        ("method: lhs\nsamples: 1_000\nparameters: [trust.gain]\n", "a whole number; did you mean 1000?"),
        ("method: lhs\nsamples: 0x10\nparameters: [trust.gain]\n", "did you mean 16?"),
        ("method: lhs\nsamples: 4\nparameters: {trust.gain: {low: 0b0, high: 0.2}}\n", "did you mean 0?"),
        ("method: lhs\nsamples: 4\nparameters: [trust.gain]\ntitle: {da: '\u200b'}\n", "title.da: '\\u200b'"),
        ("method: lhs\nsamples: 4\nparameters: [trust.gain]\nquestion: '\u3164'\n", "allowed: words that can be seen"),
        ("method: lhs\nsamples: '4'\nparameters: [trust.gain]\n", "samples: '4'; allowed: a whole number"),
        ("method: lhs\nsamples: true\nparameters: [trust.gain]\n", "samples: true; allowed: a whole number"),
        ("method: lhs\nsamples: .inf\nparameters: [trust.gain]\n", "samples: +inf; allowed: a whole number"),
        ("method: lhs\nsamples: 4\nparameters: {trust.gain: {low: 0, high: .inf}}\n", "high: +inf; allowed: a number"),
        ("method: lhs\nsamples: 4\nparameters: {trust.gain: {lo: 0.1, high: 0.2}}\n", "did you mean low?"),
        ("method: lhs\nsamples: 4\nsamples: 5\nparameters: [trust.gain]\n", "samples: set twice"),
        (f"method: table\ntable: {'y' * 300}.csv\nparameters: [trust.gain]\n", "no such file"),
        ("method: sobol\nsamples: 1\nparameters: [trust.gain]\n", "such as 2 or 4"),
        ("method: lhs\nsamples: 100000000000\nparameters: [trust.gain]\n", "1,000,000 or less"),
        (
            "method: morris\nsamples: 900000\nparameters: [trust.gain]\n",
            "over 2 factors (a dummy counts) are 2,700,000 points",
        ),
        ("method: oat\nlevels: 1000000000\nparameters: [trust.gain]\n", "1,000 or less"),
        ("method: lhs\nsamples: 4\nseed: 4294967295\nparameters: [trust.gain]\n", "at most 4294967294 as the first"),
        ("method: oat\nreplicates: 9\nseed: 4294967290\ndummy: false\nparameters: [trust.gain]\n", "most 4294967287"),
        (
            "method: lhs\nsamples: 29\nsurrogate: true\nparameters: [trust.gain]\n",
            "a surrogate needs 30 or more",
        ),
        ("method: sobol\nsamples: 2\nsurrogate: true\nparameters: [trust.gain]\n", "8 points; a surrogate needs 30"),
        ("method: lhs\nsamples: 4\nparameters: {trust.*: {low: 0.3, high: 0.6}}\n", "trust.decay_quarter: 0.3 to 0.6"),
    ],
)
def test_single_faults(tmp_path, text, words):
    assert any(words in line for line in faults(tmp_path, PAIR + text))


@pytest.mark.parametrize("setting", ["seed=7", "replicates=2", "name=zz"])
def test_what_the_sweep_file_says_itself_is_not_set_for_the_runs(tmp_path, setting):
    text = f"scenario: baseline\noutcomes: [members]\nmethod: oat\nparameters: [trust.gain]\nset: [{setting}]\n"
    (said,) = faults(tmp_path, text)
    assert "set[0]" in said and setting in said


def test_too_few_points_for_indices_are_told(tmp_path):
    text = PAIR + "method: lhs\nparameters: [trust.gain, evaluation.loss]\n"
    assert "4 points are too few for indices of 3 factors" in read(tmp_path, text + "samples: 4\n").warnings[0]
    assert not any("too few" in line for line in read(tmp_path, text + "samples: 5\n").warnings)


def test_values_that_cannot_stand_together_are_moved_no_further_than_needed():
    usual = load("baseline").values
    found = together({"admin.share_one_string": 0.4, "admin.share_two_strings": 0.3}, [usual])
    assert found == {"admin.share_one_string": 0.3, "admin.share_two_strings": 0.3}
    two = float(usual["admin.share_two_strings"])
    assert together({"admin.share_one_string": two + 0.01}, [usual])["admin.share_one_string"] == two
    shares = {"private.fees_share": 0.8, "private.sponsorship_share": 0.6, "private.foundations_share": 0.6}
    assert sum(together(shares, [usual]).values()) == pytest.approx(1.0)
    fine = {"private.fees_share": 0.2, "trust.gain": 0.1}
    assert together(fine, [usual]) == fine


def test_a_point_reaches_every_scenario_and_leaves_what_it_sets(tmp_path):
    sweep = read(tmp_path, PAIR + "method: lhs\nsamples: 8\nparameters: [trust.gain]\nswitches: [M085]\n")
    design, standing = design_of(sweep), sweep.standing
    for point in range(len(design)):
        numbers, on = numbers_and_switches(design.point(point), standing)
        baseline, variant = scenarios_of(design.point(point), sweep.templates, standing)
        assert baseline.values["trust.gain"] == variant.values["trust.gain"] == numbers["trust.gain"]
        carriers = [parameter.id for parameter in registry().carriers("M085")]
        assert carriers and all((baseline.values[key] == registry()[key].neutral) == bool(on) for key in carriers)
    points = map(design.point, range(len(design)))
    assert {bool(numbers_and_switches(point, standing)[1]) for point in points} == {True, False}


def test_the_dummy_changes_the_seeds_and_nothing_else(tmp_path):
    text = "method: lhs\nsamples: 8\nreplicates: 2\nparameters: [trust.gain]\n"
    sweep = read(tmp_path, PAIR + text)
    design = design_of(sweep)
    seeds = {seed_of(sweep, design.point(point), 0) for point in range(len(design))}
    assert seeds == {1, 3}
    for point in range(len(design)):
        assert (seed_of(sweep, design.point(point), 1) == 4) == (design.values(point)["dummy"] >= 0.5)
        assert "dummy" not in numbers_and_switches(design.point(point), sweep.standing)[0]


def test_every_assumed_point_can_be_run():
    """Nothing of a sweep over everything assumed is refused: designs that need all their points would be lost."""
    sweep = read_sweep(shipped_folder() / "sweeps" / "advice-assumed.yaml")
    design, standing = design_of(sweep), sweep.standing
    for point in range(0, len(design), 40):
        assert len(list(scenarios_of(design.point(point), sweep.templates, standing))) == len(sweep.scenarios)


def test_the_example_of_the_page_is_a_sweep(tmp_path):
    page = (shipped_folder().parent / "docs" / "sweeping.md").read_text(encoding="utf-8")
    (tmp_path / "page.yaml").write_text(re.search(r"```yaml\n(.*?)```", page, re.DOTALL)[1], encoding="utf-8")
    sweep = read_sweep(tmp_path / "page.yaml")
    assert sweep.file.method == "sobol" and sweep.points == 64 * (len(sweep.factors) + 2)


@pytest.mark.parametrize("path", sorted((shipped_folder() / "sweeps").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_sweep_is_valid_and_has_titles_and_a_question(path):
    sweep = read_sweep(path)
    assert sweep.file.name == path.stem and set(sweep.file.title) == {"en", "da"} and sweep.file.question


def test_the_sweep_of_the_contract_is_read_as_it_stands(tmp_path):
    """Without a name (the file's is taken), its scenario relative to its own folder, a grade."""
    (tmp_path / "sweeps").mkdir()
    (tmp_path / "variant.yaml").write_text("extends: baseline\n", encoding="utf-8")
    path = tmp_path / "sweeps" / "all-assumed.yaml"
    text = "scenario: ../variant.yaml\nmethod: sobol\nsamples: 512\nreplicates: 10\nseed: 1\nparameters: assumed\n"
    path.write_text(text + "outcomes: [members, ties_firm_institution, innovations]\n", encoding="utf-8")
    sweep = read_sweep(path)
    assert sweep.file.name == "all-assumed" and sweep.points == 512 * (len(sweep.factors) + 2)


def test_every_point_of_all_switches_can_be_run(tmp_path):
    """Two switches may carry the same parameter; together they are no fault."""
    sweep = read(tmp_path, PAIR + "method: lhs\nsamples: 24\nswitches: all\n")
    assert len(sweep.factors) > 40
    design, standing = design_of(sweep), sweep.standing
    for point in range(len(design)):
        assert len(list(scenarios_of(design.point(point), sweep.templates, standing))) == 2


def test_a_number_that_a_scenario_writes_out_is_set_also_where_it_is_the_usual_one(tmp_path):
    usual = registry().default("trust.gain")
    text = PAIR.replace("set: [", f"set: [trust.gain={usual}, ") + "method: lhs\nsamples: 4\n"
    assert any("sets it itself" in line for line in faults(tmp_path, text + "parameters: [trust.gain]\n"))
    sweep = read(tmp_path, text + "parameters: [trust.*]\n")
    assert "trust.gain" in dict(sweep.left_out) and "trust.gain" not in [factor.id for factor in sweep.factors]


def test_a_range_of_the_files_own_is_not_undone_by_a_grade(tmp_path):
    text = PAIR + "method: lhs\nsamples: 4\nparameters: {assumed: , evaluation.loss: {low: 0.05, high: 0.1}}\n"
    (factor,) = (one for one in read(tmp_path, text).factors if one.id == "evaluation.loss")
    assert (factor.value(0.0), factor.value(1.0)) == (0.05, 0.1)


def test_what_stands_twice(tmp_path):
    twice = PAIR.replace("[members]", "[members, members]") + "method: lhs\nsamples: 4\nsamples: 8\n"
    found = faults(tmp_path, twice + "parameters: [trust.gain, trust.gain]\nswitches: [M085, M085]\n")
    assert sum("each of them once" in line for line in found) == 3 and any("samples" in line for line in found)
