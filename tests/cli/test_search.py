"""Lists that are searched: by Danish words, by notes, by printed names of organisations; and in Danish."""

import csv
import io
import json

import pytest

from klyngesim.evidence.organisations import organisations
from klyngesim.results.indicators import IDS
from klyngesim.scenario.parameters import registry
from tests.cli.commands import klyngesim


def ids(done):
    assert done.returncode == 0, done.stderr
    return [row["id"] for row in json.loads(done.stdout)]


@pytest.mark.parametrize(
    ("command", "words", "first"),
    [
        ("levers", ["kontingent"], "fees.level"),
        ("levers", ["bevillingsperiode"], "grant.horizon_years"),
        ("levers", ["evaluation", "money"], "evaluation.money"),
        ("params", ["kontingent", "fornyelse"], "membership.renewal_elasticity"),
        ("params", ["MARLOG"], "open_call.entrant_equity"),
        ("indicators", ["medlemmer"], "members"),
        ("organisations", ["manufacturing"], "made"),
        ("organisations", ["energiteknologi"], "energy"),
    ],
)
def test_what_is_looked_for_is_found(tmp_path, command, words, first):
    found = ids(klyngesim(command, *words, "--format", "json", cwd=tmp_path))
    assert first in found and len(found) < 60


def test_a_search_leaves_rows_out_and_changes_none(tmp_path):
    everything = json.loads(klyngesim("levers", "--format", "json", cwd=tmp_path).stdout)
    found = json.loads(klyngesim("levers", "kontingent", "--format", "json", cwd=tmp_path).stdout)
    assert all(row in everything for row in found) and 4 < len(found) < len(everything) / 3
    table = klyngesim("levers", "kontingent", cwd=tmp_path).stdout
    assert all(row["id"] in table for row in found) and "grant.budget_factor" not in table


@pytest.mark.parametrize("command", ["params", "levers", "indicators", "organisations"])
def test_a_word_that_nothing_has_gets_the_nearest_one(tmp_path, command):
    done = klyngesim(command, "kontigent", cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("kontigent: no ") and "did you mean kontingent for kontigent?" in done.stderr


def test_organisations_have_the_names_that_the_report_prints(tmp_path):
    done = klyngesim("organisations", "--format", "csv", cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["id"], row["name"]) for row in rows] == [(one.id, one.full_name) for one in organisations()]
    table = klyngesim("organisations", "--lang", "da", cwd=tmp_path).stdout
    assert "styrkeposition" in table and all(one.stronghold_da in table for one in organisations())


@pytest.mark.parametrize("command", ["params", "levers", "indicators", "organisations"])
def test_a_danish_table_has_danish_headings_and_the_same_rows(tmp_path, command):
    english, danish = (klyngesim(command, "--lang", lang, cwd=tmp_path).stdout for lang in ("en", "da"))
    heads = [next(line.split() for line in text.splitlines() if line.strip()) for text in (english, danish)]
    assert heads[0][0] == heads[1][0] == "id" and heads[0][1:] != heads[1][1:]
    known = {"params": registry(), "levers": [p.id for p in registry().values() if p.dated], "indicators": IDS}
    assert all(name in danish for name in known.get(command, [one.id for one in organisations()]))


def test_a_danish_list_of_levers_has_danish_names_and_units(tmp_path):
    line = next(
        line
        for line in klyngesim("levers", "--lang", "da", cwd=tmp_path).stdout.splitlines()
        if line.startswith(" grant.horizon_years ")
    )
    assert "længden af en bevillingsperiode fra UFS" in line and "programmet" in line and "år" in line
