"""``klyngesim firms``: ids that ``twin`` takes, of firms that organisations know at the start."""

import json

import pytest

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.scenario.loading import load
from tests.cli.commands import klyngesim

SCALE = ("--set", "population.scale=0.02")


@pytest.fixture(scope="module")
def model():
    return Ecosystem(load("baseline", [SCALE[1]]), 1)


def listed(tmp_path, *options):
    done = klyngesim("firms", *SCALE, *options, "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_firms_are_those_of_the_model_most_memberships_first(tmp_path, model):
    rows = listed(tmp_path, "-n", 12)
    assert len(rows) == 12
    counts = [model.firm(row["id"]).membership_count for row in rows]
    assert counts == sorted(counts, reverse=True)
    for row in rows:
        firm = model.firm(row["id"])
        assert (row["employees"], row["founded"]) == (firm.employees, firm.born)
        assert len(row["member_of"].split(", ")) == firm.membership_count
    others = listed(tmp_path, "-n", 12, "--seed", 5)
    assert others != rows and len(others) == 12


def test_they_can_be_asked_for_by_organisation_and_size(tmp_path, model):
    rows = listed(tmp_path, "--cluster", "made", "--size", "small", "-n", 1000)
    known = {firm.unique_id for firm in model.organisation("made").known_firms if firm.size_class == "small"}
    assert {row["id"] for row in rows} == known and known
    assert all("MADE" in row["known_by"].split(", ") for row in rows)


def test_the_table_speaks_danish(tmp_path):
    table = klyngesim("firms", *SCALE, "--lang", "da", "-n", 3, cwd=tmp_path).stdout
    assert "stiftet" in table and "medlem af" in table and "hovederhverv for" in table


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--cluster", "mad"), "--cluster mad: no such organisation; allowed: energy, "),
        (("--size", "smal"), "--size smal: allowed: micro, small, medium, large, foreign; did you mean small?"),
        (("nope",), "nope: no such scenario"),
    ],
)
def test_what_there_is_not_is_refused_in_words(tmp_path, options, said):
    done = klyngesim("firms", *options, cwd=tmp_path)
    assert done.returncode == 2 and said in done.stderr and done.stdout == ""


def test_a_firm_of_the_list_can_be_followed(tmp_path):
    (row,) = listed(tmp_path, "-n", 1)
    done = klyngesim("twin", row["id"], "baseline", "baseline", *SCALE, "--end", "2021Q4", cwd=tmp_path)
    assert done.returncode == 0 and f"Firm {row['id']}:" in done.stdout and f"founded {row['founded']}" in done.stdout
