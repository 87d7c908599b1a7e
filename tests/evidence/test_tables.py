"""The typed tables: order, hidden cells, and the readings of Table 6."""

import dataclasses

import pytest

from klyngesim.evidence import tables
from klyngesim.evidence.files import UnknownEvidence

ORDER = (
    "energy", "clean", "food", "lifestyle", "wbdk", "digitallead", "dlsc", "censec", "fintech", "made",
    "vision", "robotics", "sound",
)  # fmt: skip


def test_organisations_stand_in_the_order_of_table2() -> None:
    assert tuple(one.id for one in tables.organisations()) == ORDER == tables.organisation_ids()
    for rows in (
        tables.size_shares(),
        tables.size_absolute(),
        tables.finance(),
        tables.external_funds(),
        tables.participation_2021(),
    ):
        assert tuple(row.cluster for row in rows) == ORDER


def test_an_organisation() -> None:
    clean = tables.organisation("clean")
    assert (clean.label, clean.stronghold_da, clean.status) == ("CLEAN", "Miljøteknologi", "established")
    assert [one.id for one in tables.organisations() if one.status == "emerging"] == [
        "censec", "vision", "robotics", "sound",
    ]  # fmt: skip
    assert [one.id for one in tables.organisations() if not one.director_interviewed] == ["fintech"]
    assert [one.id for one in tables.organisations() if not one.in_table3] == ["fintech", "robotics", "sound"]
    assert len({one.stronghold_en for one in tables.organisations()} | {tables.marlog().stronghold_en}) == 14


def test_marlog_stands_apart() -> None:
    assert tables.marlog().label == "Marlog"
    with pytest.raises(UnknownEvidence):
        tables.organisation("marlog")
    assert "marlog" in {row.cluster for row in tables.outside_industries()}


def test_hidden_rows_of_table3_hold_none() -> None:
    hidden = [row for row in tables.participation_2021() if row.participants is None]
    assert [row.cluster for row in hidden] == ["fintech", "robotics", "sound"]
    for row in hidden:
        assert (row.non_participants, row.share_pct, row.stronghold_firms) == (None, None, None)
    assert not {row.cluster for row in hidden} & {row.cluster for row in tables.characteristics_2021()}


def test_table4_row() -> None:
    rows = {(row.cluster, row.group): row for row in tables.characteristics_2021()}
    clean = rows["clean", "participant"]
    assert (clean.firms, clean.median_employees, clean.export_share) == (43, 49, 0.7)
    assert (clean.median_turnover_tkr, clean.median_productivity_tkr, clean.line) == (140_796, 2800, 2283)


def test_table5_ranks_are_complete() -> None:
    ranks: dict[str, list[int]] = {}
    for row in tables.outside_industries():
        ranks.setdefault(row.cluster, []).append(row.rank)
    assert len(ranks) == 14
    assert all(found == list(range(1, len(found) + 1)) for found in ranks.values())


def test_records_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        tables.finance()[0].grant = 0.0  # type: ignore[misc]


def test_table6_has_85_printed_cells_under_the_preferred_readings() -> None:
    sizes = tables.group_sizes()
    assert len(sizes.cells) == 104
    assert sum(cell.mean is not None for cell in sizes.cells) == 85
    assert dict(sizes.readings) == dict.fromkeys(
        ["censec", "dlsc", "digitallead", "food", "made", "robotics", "vision", "sound"], "A"
    )


def test_preferred_readings_are_the_packaged_cells() -> None:
    from klyngesim.evidence.files import rows

    packaged = {
        (row["cluster_id"], row["activity_type"], row["participant_type"]): row["mean_participants"]
        for row in rows("table6_participants_per_activity")
    }
    for cell in tables.group_sizes().cells:
        key = (cell.cluster, tables.ACTIVITIES[cell.activity], tables.PARTICIPANTS[cell.participant])
        assert ("" if cell.mean is None else str(cell.mean)) == packaged[key]


def test_a_reading_moves_the_numbers_of_its_row_only() -> None:
    preferred, other = tables.group_sizes(), tables.group_sizes({"made": "B"})
    types = ("dissemination", "application", "project", "internationalisation")
    assert [preferred.mean("made", activity, "firm") for activity in types] == [26.4, None, 1.5, 9.0]
    assert [other.mean("made", activity, "firm") for activity in types] == [26.4, 1.5, None, 9.0]
    moved = {new.cluster for old, new in zip(preferred.cells, other.cells, strict=True) if old != new}
    assert moved == {"made"}
    assert tables.group_sizes() == preferred


@pytest.mark.parametrize("cluster", dict(tables.group_sizes().readings))
def test_readings_place_the_same_numbers_differently(cluster: str) -> None:
    placed = []
    for letter in "ABC":
        cells = [cell for cell in tables.group_sizes({cluster: letter}).cells if cell.cluster == cluster]
        placed.append(tuple(cell.mean for cell in cells))
    assert len(set(placed)) == 3
    printed = [sorted(mean for mean in row if mean is not None) for row in placed]
    assert printed[0] == printed[1] == printed[2]


def test_readings_carry_their_weight() -> None:
    by_cluster: dict[str, float] = {}
    for reading in tables.readings():
        by_cluster[reading.cluster] = by_cluster.get(reading.cluster, 0.0) + reading.weight
    assert len(by_cluster) == 8
    assert all(total == pytest.approx(1.0, abs=0.02) for total in by_cluster.values())
    sound = next(one for one in tables.readings() if (one.cluster, one.letter) == ("sound", "A"))
    assert sound.placement == (("project", (2.9, 1.1)),)


def test_vision_has_firms_without_institutions_in_internationalisation() -> None:
    sizes = tables.group_sizes()
    assert sizes.mean("vision", "internationalisation", "firm") == 16.0
    assert sizes.mean("vision", "internationalisation", "institution") is None


@pytest.mark.parametrize(
    ("reading", "message"),
    [
        ({"clean": "A"}, "unknown organisation with an incomplete row"),
        ({"mad": "A"}, "did you mean 'made'"),
        ({"made": "D"}, "unknown reading of Table 6 for made 'D'; known: A, B, C"),
    ],
)
def test_faulty_readings_are_refused(reading: dict[str, str], message: str) -> None:
    with pytest.raises(UnknownEvidence, match=message):
        tables.group_sizes(reading)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (("mad", "project", "firm"), "did you mean 'made'"),
        (("made", "projects", "firm"), "did you mean 'project'"),
        (("made", "project", "firms"), "did you mean 'firm'"),
    ],
)
def test_unknown_cells_are_refused(key: tuple[str, str, str], message: str) -> None:
    with pytest.raises(UnknownEvidence, match=message):
        tables.group_sizes().mean(*key)


def test_facts_about_a_quantity() -> None:
    shares = {one.cluster: one.value for one in tables.facts_about("gts_activity_share")}
    assert shares == {"made": 65, "censec": 50, "fintech": 4, "vision": 5}
