"""The posterior file, and runs under its draws."""

from collections import Counter

import pytest

from klyngesim.errors import InputError
from klyngesim.posterior import (
    central_in_force,
    pick,
    read_posterior,
    read_rows,
    read_whole,
    write_posterior,
)
from klyngesim.scenario.loading import from_mapping, read_template
from klyngesim.scenario.parameters import registry

CENTRAL = {"spending.absorption": 0.9, "membership.join_trust": 0.15}
DRAWS = [(1.0, {"spending.absorption": 0.8, "membership.join_trust": 0.1}), (3.0, CENTRAL), (1.0, CENTRAL)]
PLAIN = {"name": "plain", "extends": "baseline"}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "posterior.csv"
    write_posterior(path, CENTRAL, DRAWS)
    return path


def test_what_is_written_is_read(file):
    assert read_posterior(file) == [CENTRAL, *(values for _, values in DRAWS)]
    assert [weight for weight, _ in read_rows(file)] == [0.0, 1.0, 3.0, 1.0]


def test_draws_are_picked_by_weight(file):
    for weights in ([1.0, 3.0, 1.0], [1.0, 8.0, 1.0], [2.5, 1.0, 1.0]):
        write_posterior(file, CENTRAL, [(weight, CENTRAL) for weight in weights])
        read_whole.cache_clear()
        taken = Counter(pick(3, file))
        assert all(abs(taken[n] - 3 * weight / sum(weights)) < 1 for n, weight in enumerate(weights, start=1))
    many = [1.0] * 50
    write_posterior(file.with_name("even.csv"), CENTRAL, [(weight, CENTRAL) for weight in many])
    assert pick(50, file.with_name("even.csv")) == list(range(1, 51))
    assert len(set(pick(20, file.with_name("even.csv")))) == 20
    for count in (0, 4):
        with pytest.raises(ValueError, match="allowed: 1 to 3"):
            pick(count, file)


def test_a_draw_gives_defaults_and_a_scenario_keeps_what_it_sets(file):
    under = registry().with_defaults(read_posterior(file)[1])
    assert under.default("spending.absorption") == 0.8
    assert registry().default("spending.absorption") != 0.8
    assert from_mapping(PLAIN, registry=under).values["membership.join_trust"] == 0.1
    own = {**PLAIN, "parameters": {"membership.join_trust": 0.3}}
    values = from_mapping(own, registry=under).values
    assert (values["membership.join_trust"], values["spending.absorption"]) == (0.3, 0.8)


def test_whether_central_values_are_in_force(file):
    central = read_template("baseline").at(defaults=read_posterior(file)[0]).values
    assert central_in_force(central, file)
    assert not central_in_force({**central, "spending.absorption": 0.91}, file)
    assert not central_in_force(central, file.with_name("none.csv"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["allowed: draw,weight and parameter ids"]),
        ("draw,weight\n0,0\n", ["allowed: draw,weight and parameter ids"]),
        ("draw,weight,no.such\n0,0,1\n", [":1: no.such: not a registered parameter"]),
        (
            "draw,weight,spending.absorption\n0,0,7\n3,1,0.9\n2,x,0.9\n3,1,0.9,1\n",
            [":2: spending.absorption: 7 is out of range", ":3: allowed: draw 1", ":4:", ":5: allowed: draw 3"],
        ),
    ],
)
def test_a_faulty_file_is_refused_with_every_fault(tmp_path, text, words):
    path = tmp_path / "posterior.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_posterior(path)
    assert all(word in str(caught.value) for word in words)
