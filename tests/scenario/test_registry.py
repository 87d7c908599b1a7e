import csv
import pickle

import pytest

from klyngesim.scenario.levers import by_policy_lever, levers
from klyngesim.scenario.parameters import FILE_KEYS, RegistryError
from klyngesim.scenario.registryfile import COLUMNS, load_registry
from tests.scenario.fakes import DATA, REGISTRY, FakeEvidence

ROW = dict(
    zip(
        COLUMNS,
        ("a.b", "share", "0.5", "0", "1", "", "uniform", "assumed", "-", "programme", "no", "", "", "", ""),
        strict=True,
    )
)


def registry_of(tmp_path, *rows, evidence=None):
    path = tmp_path / "parameters.csv"
    with path.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, COLUMNS)
        writer.writeheader()
        writer.writerows(ROW | row for row in rows)
    return load_registry(path, DATA / "mechanisms.csv", evidence or FakeEvidence())


def test_the_fixture_has_no_problems():
    assert REGISTRY.problems() == []
    assert len(REGISTRY) == 7


def test_defaults():
    assert REGISTRY.default("social_capital.turnover_base") == 0.06
    assert REGISTRY.default("social_capital.rule") == "linear"
    assert REGISTRY.default("staff.fte") == 15.0
    assert REGISTRY.default("grant.yearly") == {"energy": 14.0, "made": 9.0, "sound": 1.5}


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("social_capital.turnover_base", 0.5, None),
        ("social_capital.turnover_base", 0, None),
        ("social_capital.turnover_base", 0.51, "out of range"),
        ("social_capital.turnover_base", -1e-9, "out of range"),
        ("social_capital.turnover_base", True, "not a finite number"),
        ("social_capital.turnover_base", "0.1", "finite"),
        ("social_capital.turnover_base", float("nan"), "finite"),
        ("social_capital.turnover_base", float("inf"), "finite"),
        ("social_capital.turnover_base", 10**400, "finite"),
        ("social_capital.turnover_base", None, "finite"),
        ("social_capital.turnover_base", [0.1], "finite"),
        ("grant.horizon_years", 10, None),
        ("grant.horizon_years", 10.0, None),
        ("grant.horizon_years", 10.5, "whole"),
        ("social_capital.rule", "no", None),
        ("social_capital.rule", "cubic", "no choice"),
        ("social_capital.rule", False, "no choice"),
        ("social_capital.rule", ["off"], "no choice"),
    ],
)
def test_validation(key, value, word):
    reason = REGISTRY[key].validate(value)
    assert (reason is None) if word is None else (word in reason)


def test_clean_values_are_floats_or_words():
    assert type(REGISTRY["grant.horizon_years"].clean(10)) is float
    assert str(REGISTRY["fees.elasticity"].clean(-0.0)) == "0.0"
    with pytest.raises(ValueError, match="from 1 to 40"):
        REGISTRY["grant.horizon_years"].clean(41)


def test_allowed_in_words():
    assert REGISTRY["social_capital.turnover_base"].allowed == "a number from 0 to 0.5 (share per year)"
    assert REGISTRY["grant.horizon_years"].allowed == "a whole number from 1 to 40 (years)"
    assert REGISTRY["social_capital.rule"].allowed == "one of linear, off, no"


def test_switchable_mechanisms():
    assert REGISTRY.switchable() == ("M022", "M085", "M086")
    assert [p.id for p in REGISTRY.carriers("M085")] == ["social_capital.turnover_base", "staff.fte"]


@pytest.mark.parametrize("key", FILE_KEYS)
def test_ids_do_not_collide_with_file_keys(tmp_path, key):
    with pytest.raises(RegistryError, match="starts like the key"):
        registry_of(tmp_path, {"id": f"{key}.x"})


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({"id": "plain"}, "not a dotted id"),
        ({"id": "A.b"}, "not a dotted id"),
        ({"distribution": "normal"}, "distribution"),
        ({"grade": "guessed"}, "grade"),
        ({"scope": "firm"}, "scope"),
        ({"dated": "maybe"}, "dated"),
        ({"default": ""}, "no default"),
        ({"default": "table:grants"}, "needs the scope"),
        ({"low": "2"}, "low is above high"),
        ({"high": "x"}, "low, high or neutral"),
        ({"neutral": "2"}, "neutral is out of bounds"),
        ({"low": "nan"}, "neutral"),
        ({"low": ".nan"}, "is not a number"),
        ({"distribution": "loguniform"}, "above 0"),
        ({"high": ""}, "needs low and high"),
        ({"distribution": "choice"}, "needs words"),
        ({"choices": "a|true", "default": "a"}, "not different words"),
        ({"choices": "a|a", "default": "a"}, "not different words"),
        ({"choices": "a|b", "default": "c"}, "default 'c'"),
        ({"choices": "a|b", "default": "a", "neutral": "c"}, "neutral 'c'"),
        ({"choices": "a|b", "default": "a"}, "no bounds"),
    ],
)
def test_faulty_rows_are_refused(tmp_path, row, word):
    with pytest.raises(RegistryError, match=word):
        registry_of(tmp_path, row)


def test_all_faulty_rows_are_named(tmp_path):
    with pytest.raises(RegistryError) as caught:
        registry_of(tmp_path, {"grade": "x"}, {"id": "a.c"}, {"id": "a.c"}, {"id": "a.d", "scope": "y"})
    assert [line.split(":")[1] for line in str(caught.value).splitlines()] == ["2", "4", "5"]


def test_wrong_columns_are_refused(tmp_path):
    path = tmp_path / "parameters.csv"
    path.write_text("id,unit\na.b,share\n", encoding="utf-8")
    with pytest.raises(RegistryError, match="columns"):
        load_registry(path, DATA / "mechanisms.csv", FakeEvidence())
    path.write_text(",".join(COLUMNS) + "\na.b,share\n", encoding="utf-8")
    with pytest.raises(RegistryError, match="2 cells instead of 15"):
        load_registry(path, DATA / "mechanisms.csv", FakeEvidence())


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({"default": "2"}, "out of range"),
        ({"default": "F999"}, "unknown 'F999'"),
        ({"levers": "L99"}, "unknown id L99"),
        ({"source": "table7; E999"}, "unknown id E999"),
        ({"mechanisms": "M001"}, "M001 is not in mechanisms.csv"),
        ({"default": "table:x", "scope": "organisation"}, "unknown table"),
    ],
)
def test_problems_with_the_evidence(tmp_path, row, word):
    problems = registry_of(tmp_path, row).problems()
    assert len(problems) == 1
    assert word in problems[0]


def test_incomplete_tables_are_a_problem(tmp_path):
    class Short(FakeEvidence):
        def table(self, name):
            return {"energy": 0.5}

    row = {"default": "table:grants", "scope": "organisation"}
    assert "one value per organisation" in registry_of(tmp_path, row, evidence=Short()).problems()[0]


def test_levers():
    rows = {row.id: row for row in levers(REGISTRY)}
    assert list(rows) == [p.id for p in REGISTRY.values() if p.dated]
    assert rows["grant.yearly"].default == "by organisation"
    assert rows["grant.horizon_years"].default == "4"
    assert rows["grant.horizon_years"].levers == ("L09", "L10")
    assert rows["social_capital.rule"].mechanisms == ("M086",)
    assert by_policy_lever(REGISTRY)["L10"] == ("grant.horizon_years",)


def test_parameters_can_be_sent_to_other_processes():
    assert pickle.loads(pickle.dumps(REGISTRY["staff.fte"])) == REGISTRY["staff.fte"]
