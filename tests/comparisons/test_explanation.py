"""A scenario in words: every difference with its unit, its date and its notice, and nothing that is not one."""

import pytest

from klyngesim.comparisons.explanation import Explained, sentences
from klyngesim.report.labels import catalogue
from klyngesim.scenario.loading import read_template


def explained(tmp_path, text, lang="en"):
    path = tmp_path / "mine.yaml"
    path.write_text(f"name: mine\nextends: baseline\n{text}", encoding="utf-8")
    return Explained(read_template(str(path)), read_template("baseline"), lang)


def parts(found):
    return {heading: list(lines) for heading, lines in found.parts()}


def said(found):
    return "\n".join(sentences(found.parts())).replace("\u00a0", " ")


def test_a_lever_is_told_with_its_unit_from_when_and_announced_when(tmp_path):
    text = "timeline: [{from: 2026Q1, announced: 2025Q3, set: {grant.horizon_years: 10, guard.fee_rebate: 0.2}}]"
    lines = said(explained(tmp_path, text)).splitlines()
    at = lines.index("  From 2026Q1, announced 2025Q3:")
    assert lines[at + 1 : at + 3] == [
        "    Length of a UFS grant period: 10 years instead of 4 years [grant.horizon_years]",
        "    Fee rebate for small firms: 20 % instead of 0 % [guard.fee_rebate]",
    ]
    danish = said(explained(tmp_path, text, "da"))
    assert "Fra 2026Q1, offentliggjort 2025Q3:" in danish
    assert "Længden af en bevillingsperiode fra UFS: 10 år i stedet for 4 år [grant.horizon_years]" in danish
    assert "20 pct. i stedet for 0 pct." in danish


def test_what_only_one_organisation_does_is_told_with_its_name(tmp_path):
    lines = said(explained(tmp_path, "clusters: {made: {activity_mix.project: 0.5}}")).splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("  From the start, 2021Q1, for MADE"))
    assert lines[at + 1].startswith("    Share of activities that are collaboration projects: 50 % instead of ")


def test_taking_a_lever_back_is_a_difference_and_repeating_the_baseline_is_none(tmp_path):
    text = "timeline:\n  - {from: 2025Q1, set: {grant.suspended: 1}}\n  - {from: 2025Q3, set: {grant.suspended: 0}}\n"
    found = said(explained(tmp_path, text))
    assert "From 2025Q1" in found and "From 2025Q3" in found
    assert "yes instead of no" in found and "no instead of yes" in found
    same = explained(tmp_path, "parameters: {fees.level: 1}\n")
    assert len(parts(same)) == 1 and "Nothing: every run equals that of" in said(same)


def test_the_baseline_differs_in_nothing(tmp_path):
    base = read_template("baseline")
    assert "Nothing: every run equals" in said(Explained(base, base, "en"))


def test_period_scale_and_mechanisms_are_told_too(tmp_path):
    found = said(explained(tmp_path, "period: {end: 2030Q4}\npopulation: {scale: 0.1}\nmechanisms: {disable: [M026]}"))
    assert "Runs to 2030Q4 instead of 2034Q4" in found and "10.00 % of the firms instead of 100.00 %" in found
    assert "Switched off: M026" in found


def test_what_has_no_price_and_what_takes_no_effect_is_said_with_what_it_needs(tmp_path):
    text = "timeline: [{from: 2025Q1, set: {project.commitment_rule: 0.5, evaluation.threshold: 0.9, fees.level: 2}}]"
    found = parts(explained(tmp_path, text))
    free = next(lines for heading, lines in found.items() if heading.startswith("What costs nothing"))
    assert [line.split("[")[1] for line in free] == ["project.commitment_rule]"]
    inert = next(lines for heading, lines in found.items() if heading.startswith("What takes no effect"))
    assert len(inert) == 1 and "time between evaluations above 0" in inert[0]
    # What the sentence says is so: with evaluations there is nothing to be said of it.
    found = parts(explained(tmp_path, text.replace("set: {", "set: {evaluation.every_years: 5, ")))
    assert not any(heading.startswith("What takes no effect") for heading in found)


def test_the_assumptions_that_decide_have_value_range_and_question(tmp_path):
    text = "timeline: [{from: 2025Q1, announced: 2024Q4, set: {fees.level: 1.5}}]"
    lines = next(lines for heading, lines in parts(explained(tmp_path, text)).items() if heading.startswith("What the"))
    joining = next(line for line in lines if line.endswith("[membership.joining_elasticity]"))
    assert "−0.5 in use, −1 to −0.02 tenable; does a higher fee keep firms from joining?" in joining
    assert lines[-1].startswith("Assumed sizes of what is changed: membership fees relative to today's [fees.level]")
    danish = next(
        lines for heading, lines in parts(explained(tmp_path, text, "da")).items() if heading.startswith("Hvad svaret")
    )
    assert any("afholder et højere kontingent" in line for line in danish)


@pytest.mark.parametrize("lang", ["en", "da"])
def test_every_shipped_scenario_can_be_explained(lang):
    from klyngesim.scenario.loading import shipped

    documents = {}
    base = read_template("baseline", documents=documents)
    for name in shipped():
        found = Explained(read_template(name, documents=documents), base, lang)
        lines = [found.title(), *found.head(), *sentences(found.parts())]
        assert len(lines) > 2 and not any("{" in line for line in lines)


def test_every_word_has_both_languages_and_every_gate_its_words():
    from klyngesim.scenario.gatelist import GATES, OPENS

    words = catalogue("explain.csv")
    assert all(both["en"] and both["da"] for both in words.values())
    tests = {need.test.replace(" ", "_") for gate in GATES for need in gate.needs}
    assert tests | {opens.__name__ for opens in OPENS} <= set(words)
