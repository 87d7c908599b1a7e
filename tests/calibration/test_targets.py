"""Targets: the shipped list is sound, and a wrong file is refused with all its faults at once."""

import csv

import pytest

from klyngesim.calibration.targets import COLUMNS, GROUPS, ScenarioFaults, read_targets
from klyngesim.evidence import tables
from klyngesim.posterior import shipped_file


def rows():
    with shipped_file("targets.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def refused(tmp_path, changed):
    path = tmp_path / "targets.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS)
        writer.writeheader()
        writer.writerows(changed)
    with pytest.raises(ScenarioFaults) as caught:
        read_targets(path)
    return str(caught.value)


def test_figures_come_from_the_packaged_tables():
    found = {target.id: target for target in read_targets()}
    for row in tables.size_absolute():
        assert found[f"participants.{row.cluster}"].observed == row.participants
        assert found[f"members.{row.cluster}"].observed == row.members
    typed = [row["id"] for row in rows() if row["observed"].replace(".", "").isdigit()]
    assert typed == ["firms.ratio"]  # "constant" in words


def test_no_pattern_is_both_fitted_and_validated():
    keys = {}
    for target in read_targets():
        if target.counts:
            assert keys.setdefault(target.key, target.role) == target.role, target.id
    assert {target.group for target in read_targets() if target.counts} < set(GROUPS)


def test_ambiguous_figures_carry_their_readings():
    readings = {target.id: target.alternatives for target in read_targets() if target.alternatives}
    words = " ".join(readings)
    for name in ("members.all", "startups.2021", "external.dlsc", "pilot_firms.food", "foreign.clean"):
        assert name in words, f"{name}: no alternative among {words}"


def test_inputs_and_redundant_rows_count_nothing():
    for target in read_targets():
        assert target.counts == (target.role in ("calibration", "validation"))


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("observable", "particpants", "participants"),
        ("cluster", "enery", "energy"),
        ("role", "fitted", "calibration"),
        ("tolerance", "-0.1", "tolerance"),
        ("tolerance", "9", "tolerance"),
        ("observed", "table:nonesuch", "nonesuch"),
        ("observed", "F9999", "F9999"),
        ("scale", "cubic", "log"),
        ("source", "Table 77", "Table 77"),
    ],
)
def test_a_wrong_cell_is_refused_with_line_and_what_is_allowed(tmp_path, column, value, words):
    changed = rows()
    changed[0][column] = value
    message = refused(tmp_path, changed)
    assert "targets.csv:2" in message and words in message


def test_all_faults_are_told_at_once(tmp_path):
    changed = rows()
    changed[0]["observable"], changed[1]["tolerance"], changed[2]["cluster"] = "nonesuch", "0", "nowhere"
    lines = refused(tmp_path, changed).splitlines()
    assert {line.split(":")[1] for line in lines} >= {"2", "3", "4"}


def test_a_range_upside_down_and_one_pattern_in_two_roles_are_refused(tmp_path):
    changed = rows()
    ranged = next(row for row in changed if row["low"] and row["high"] and row["role"] == "calibration")
    ranged["low"], ranged["high"] = ranged["high"], ranged["low"]
    again = {**next(row for row in changed if row["id"] == "participants.made"), "role": "validation", "id": "twice"}
    message = refused(tmp_path, [*changed, again])
    assert ranged["id"] in message and "participants of made" in message
