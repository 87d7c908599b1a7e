"""Results stay as they were, to the last bit: runs, sweeps, a comparison and its note against recorded hashes."""

import pytest

from tests.golden.commands import COMMANDS, lasting
from tests.golden.recorded import CASES, FILE, as_text, make, moved, read
from tests.golden.runs import SCENARIOS, SEEDS

RECORDED = read()


def unchanged(case, found):
    """Fails with the parts that moved, and what to do if they were meant to."""
    parts = moved(RECORDED[case], found)
    if parts:
        pytest.fail(
            f"{case}: {', '.join(parts)} moved. If that is meant, mark it **changes results** in CHANGELOG.md with "
            "what moved and by how much, and write the hashes anew with `python -m tests.golden`.",
            pytrace=False,
        )


@pytest.mark.parametrize("case", CASES)
def test_results_are_those_recorded(case):
    unchanged(case, make(case))


@pytest.mark.slow
@pytest.mark.parametrize("case", COMMANDS)
def test_the_number_of_processes_changes_nothing(case):
    unchanged(case, make(case, jobs=3 - COMMANDS[case]))


def test_the_file_holds_the_cases_and_nothing_else():
    assert set(RECORDED) == set(CASES)
    assert FILE.read_text(encoding="utf-8") == as_text(RECORDED)


@pytest.mark.parametrize("name", SCENARIOS)
def test_another_seed_moves_every_part(name):
    one, other = (RECORDED[f"{name}-seed-{seed}"] for seed in SEEDS)
    assert moved(one, other) == sorted(one) == ["cohorts", "finance", "funnel", "indicators", "uniforms"]


def test_a_note_without_a_part_to_leave_out_is_refused():
    with pytest.raises(ValueError, match="0 times in the note"):
        lasting("<html></html>")
