"""The packaged tables are the ones checked against the report, and access to them fails clearly."""

import hashlib
import subprocess
import sys

import pytest

from klyngesim.evidence import catalogue, files, tables

# A change of packaged data is a change of evidence: it must be meant, and then this list is changed with it.
CHECKED = {
    "clusters": "64384e3a7862414eb24d009ec181e0a747635dc2fa4d5658794bb25b4b49e084",
    "evidence": "2a669e44723a52caa4b35d8a8ea5c293d8359e0719ac9e9275ebb8a1287a8f06",
    "facts": "5901512d4348c012dfa46a76e1c08d3f3a2bbf9e5dc316b0e419fed42757da2f",
    "mechanisms": "8d5d1aadc830fbcd52b636bdb64e6e9e82a77dd6cbefd4638bbe68795cf9c50e",
    "policy_levers": "d7326c4015631e3044f96a5f9a36bdd9545eb1452cb91c04c072a33090aa26d9",
    "table1_firm_population": "f48824a909890ca0cb4b7de317e28c31ec08c4fa78b3f0241263a1f9b9a5dbbf",
    "table2_derived": "8f75daae83aac923d51db75e16b6866362c4d07eca37ce2d684b1d1fd4c95443",
    "table2_size": "38416bc509f866057856078233d2ec8602828f567cf35cc4c303056ee7a2beac",
    "table3_participation_2021": "8df4d38a7be1337d3b02020b544850b20903f9dc2cdc1ad6758b89c90928de04",
    "table4_characteristics_2021": "e83d51ada36d0d33d14d8f8405033c7f94ff4be3587745bc51910e76834fc601",
    "table5_outside_industries": "25c97e95a92e96a34b1b70a87726faa679f923ad6918fd0905b8d5b9a046bef2",
    "table6_participants_per_activity": "a9729543478171908cbb4d4cd38169039aa0f4ebf5e29d74241b3681e80075ff",
    "table6_readings": "3943b35d487f27a434a2d462f97959af2769e5b7753d024da0f9b069485fd113",
    "table7_derived": "1226e45204e940c88097a8d48f14b7b5d4538b9c04fc3901064c4c42194f0770",
    "table7_finance_mio_kr": "5b86d3ab5a4bd438da49cd5893469c8917474e09bed29a67820d431e660fd237",
}


def test_packaged_tables_are_the_checked_ones() -> None:
    found = {name: hashlib.sha256(files.path_of(name).read_bytes()).hexdigest() for name in files.packaged()}
    for own in ("choices", "organisation_assumptions"):  # our own choices, not evidence
        found.pop(own)
    assert found == CHECKED


@pytest.mark.parametrize("name", [*CHECKED, "choices"])
def test_every_row_has_all_cells_of_its_header(name: str) -> None:
    for row in files.rows(name):
        assert None not in row, f"{name}: a row with more cells than the header"
        assert None not in row.values(), f"{name}: a row with fewer cells than the header"


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (catalogue.facts(), 386),
        (catalogue.sources(), 238),
        (catalogue.policy_levers(), 54),
        (catalogue.mechanisms(), 118),
    ],
)
def test_catalogue_is_complete_and_ids_are_unique(records: tuple, expected: int) -> None:
    assert len(records) == expected
    assert len({record.id for record in records}) == expected


def test_statements_carry_their_lines() -> None:
    statements = [*catalogue.facts(), *catalogue.policy_levers(), *catalogue.mechanisms()]
    assert all(one.lines for one in statements)
    assert all(0 < first <= last for one in statements for first, last in one.lines)


def test_lookup_by_id() -> None:
    assert (tables.fact("F271").cluster, tables.fact("F271").value) == ("made", 66.0)
    assert tables.fact("F202").lines == ((2005, 2010),)
    assert "MARLOG" in tables.source("E110").statement
    assert tables.source("E124").low is None
    assert tables.policy_lever("L08").reference
    assert tables.mechanism("M085").claim


@pytest.mark.parametrize(
    ("find", "asked", "nearest"),
    [
        (tables.fact, "F2711", "F271"),
        (tables.source, "E1100", "E110"),
        (tables.policy_lever, "l08", "L08"),
        (tables.mechanism, "M0850", "M085"),
        (tables.organisation, "MADE", "made"),
        (tables.organisation, "digitalead", "digitallead"),
        (tables.facts_about, "gts_activity_shares", "gts_activity_share"),
        (files.rows, "table7_finance", "table7_finance_mio_kr"),
    ],
)
def test_unknown_names_raise_with_the_nearest(find, asked: str, nearest: str) -> None:
    with pytest.raises(files.UnknownEvidence) as raised:
        find(asked)
    assert raised.value.nearest == nearest
    assert repr(asked) in str(raised.value)
    assert f"did you mean {nearest!r}?" in str(raised.value)


def test_nothing_is_suggested_when_nothing_is_near() -> None:
    with pytest.raises(files.UnknownEvidence) as raised:
        tables.organisation("qqqqqq")
    assert raised.value.nearest is None
    assert "did you mean" not in str(raised.value)
    assert "energy, clean, food" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "ranges"),
    [("415-419;2005", ((415, 419), (2005, 2005))), ("1293", ((1293, 1293),)), ("", ())],
)
def test_line_ranges(text: str, ranges: tuple) -> None:
    assert files.line_ranges(text) == ranges


@pytest.mark.parametrize("text", ["nan", "inf", "-inf"])
def test_a_cell_that_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(files.EvidenceError):
        files.number(text)


def test_evidence_needs_the_standard_library_only() -> None:
    code = (
        "import sys; from klyngesim.evidence import references, tables; "
        "print(sorted({'numpy', 'pandas', 'mesa', 'yaml', 'pydantic', 'typer'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
