"""``klyngesim twin`` from outside: what it prints, in which language and form, and what it refuses."""

import csv
import io
import json
import re
from itertools import pairwise

import pytest

from klyngesim.cli.console import Language
from klyngesim.cli.twin import happenings
from klyngesim.cli.twin_words import VISIBLE, WORDS, word
from klyngesim.ecosystem.model import Ecosystem
from klyngesim.experiments.twin import LEVELS, follow
from klyngesim.experiments.twin_causes import CHANNELS
from klyngesim.scenario.loading import load
from tests.cli.commands import klyngesim, klyngesim_process

SMALL = ("population.scale=0.02", "period.end=2025Q4")
OPTIONS = ("--set", SMALL[0], "--end", "2025Q4")
CUT = """name: half
title: {en: "Half the grant", da: "Den halve bevilling"}
question: "What does half the grant do?"
source: ["#3"]
extends: baseline
timeline:
  - {from: 2025Q1, announced: 2024Q4, set: {grant.budget_factor: 0.5}}
"""


@pytest.fixture(scope="module")
def firm():
    """The firm with most relations of 2 % of Denmark's, there from the start on."""
    model = Ecosystem(load("baseline", SMALL), 1)
    while model.period < 15:
        model.step()
    known = {one for name in model.world.organisations.ids for one in model.organisation(name).known_firms}
    there = [one for one in known if one.closes is None and model.world.register.birth[one.row] < 0]
    return max(there, key=lambda f: (len(f.relations), f.unique_id)).unique_id


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "half.yaml").write_text(CUT, encoding="utf-8")
    return tmp_path


def test_a_cut_parts_the_lives_and_is_named(firm, folder):
    done = klyngesim("twin", firm, "baseline", "half.yaml", *OPTIONS, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert f"Firm {firm}:" in done.stdout
    assert "A: baseline" in done.stdout and "B: half" in done.stdout
    assert re.search(r"^[≠≈] +(2024Q4|2025Q\d)", done.stdout, re.MULTILINE)
    assert re.search(r"^[≠≈] (2024Q4|2025Q\d): ", done.stdout, re.MULTILINE)
    told = "grant relative to today's 1 / 0.5 (from 2025Q1, announced 2024Q4) [grant.budget_factor]: decides"
    assert told in done.stdout
    assert "Traceback" not in done.stdout


def test_equal_scenarios_give_the_same_life(firm, folder):
    done = klyngesim("twin", firm, "baseline", "baseline", *OPTIONS, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("The same life in both.")
    assert VISIBLE not in done.stdout


def test_danish(firm, folder):
    done = klyngesim("twin", firm, "baseline", "half.yaml", *OPTIONS, "--lang", "da", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert f"Virksomhed {firm}:" in done.stdout and "deltog hos" in done.stdout
    told = "bevillingen i forhold til i dag 1 / 0,5 (fra 2025Q1, offentliggjort 2024Q4) [grant.budget_factor]: afgør"
    assert told in done.stdout and ", stiftet " in done.stdout
    assert "took part" not in done.stdout


def test_json_says_all(firm, folder):
    done = klyngesim("twin", firm, "baseline", "half.yaml", *OPTIONS, "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["firm"]["unique_id"] == firm and (found["a"], found["b"]) == ("baseline", "half")
    first = found["first"]
    assert first["quarter"] >= "2024Q4" and first["differences"] and first["channel"]
    assert [lever["parameter"] for lever in first["levers"]] == ["grant.budget_factor"]
    assert first["levers"][0]["announced"] == "2024Q4" and first["levers"][0]["until"] is None
    assert all(row["a"] == row["b"] for row in found["quarters"] if row["quarter"] < first["quarter"])
    marked = [row["quarter"] for row in found["quarters"] if row["mark"]]
    assert marked[0] == first["quarter"]
    assert found["sentences"]


def test_csv_has_a_line_a_quarter(firm, folder):
    done = klyngesim("twin", firm, "baseline", "half.yaml", *OPTIONS, "--format", "csv", cwd=folder)
    head, *rows = csv.reader(io.StringIO(done.stdout))
    assert head == ["mark", "quarter", "A: baseline", "B: half"]
    quarters = [row[1] for row in rows]
    assert quarters == sorted(set(quarters)) and all(re.fullmatch(r"\d{4}Q[1-4]", quarter) for quarter in quarters)


def test_the_same_seed_prints_the_same(firm, folder):
    short = ("baseline", "baseline", *OPTIONS[:2], "--end", "2021Q4")
    cases = ((klyngesim, 1), (klyngesim_process, 1), (klyngesim, 2))
    outputs = [command("twin", firm, *short, "--seed", seed, cwd=folder).stdout for command, seed in cases]
    assert outputs[0] == outputs[1] != outputs[2]


def test_an_unknown_firm_is_wrong_input(folder):
    done = klyngesim("twin", 5, "baseline", "half.yaml", *OPTIONS, cwd=folder)
    assert done.returncode == 2 and done.stdout == ""
    assert re.search(r"no firm has the id 5 here; organisations know \d+ \(micro\)", done.stderr)
    assert "Traceback" not in done.stderr


def test_unequal_scales_are_wrong_input(firm, folder):
    (folder / "large.yaml").write_text(CUT.replace("half", "large") + "population: {scale: 0.05}\n", encoding="utf-8")
    (folder / "small.yaml").write_text(CUT + "population: {scale: 0.02}\n", encoding="utf-8")
    done = klyngesim("twin", firm, "small.yaml", "large.yaml", cwd=folder)
    assert done.returncode == 2 and done.stdout == ""
    assert "population.scale is 0.02 in A (half) and 0.05 in B (large)" in done.stderr
    assert "--set population.scale=0.02" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("x", "baseline", "baseline"), ("1", "baseline"), ("1", "baseline", "nope"), ("1", "a", "b", "--end", 1)],
)
def test_other_wrong_input_is_told(folder, arguments):
    done = klyngesim("twin", *arguments, cwd=folder)
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_every_text_has_two_languages_and_every_aspect_a_text(firm):
    assert all(len(pair) == 2 and all(pair) for pair in WORDS.values())
    placeholders = re.compile(r"\{\w+\}")
    assert all(sorted(placeholders.findall(en)) == sorted(placeholders.findall(da)) for en, da in WORDS.values())
    measured = {measure for _, measure in follow(load("baseline", SMALL), 1, firm, last=0).around[0]}
    used = {measure for channel in CHANNELS.values() for measure in channel}
    assert used <= measured | {"partnership", "engagements"}
    assert measured | used | set(CHANNELS) | set(LEVELS) <= set(WORDS)


def test_what_happens_is_told_once(firm):
    states = follow(load("baseline", SMALL), 1, firm, last=11).states
    told = [happenings(before, after, Language.en) for before, after in pairwise(states)]
    took_part = sum(text.startswith("took part") for texts in told for text in texts)
    first = {relation.organisation: relation.times for relation in states[0].relations}
    last = {relation.organisation: relation.times for relation in states[-1].relations}
    assert took_part == sum(last.values()) - sum(first.values()) > 0
    contacts = {text for texts in told for text in texts if text.startswith("first contact")}
    assert contacts == {word("contacted", Language.en, of=name) for name in last if name not in first}
    assert happenings(states[-1], states[-1], Language.en) == []
