"""What the tables say about who comes to each organisation, and what stands in where they are silent."""

import pytest

from klyngesim.evidence import tables
from klyngesim.evidence.derived import stronghold_export_shares, table

ROWS = {(row.cluster, row.group): row.export_share for row in tables.characteristics_2021()}


@pytest.mark.parametrize(("name", "fact"), [("large_share", "large_firm_share"), ("medium_share", "medium_firm_share")])
def test_size_shares_are_the_middle_of_the_printed_range_or_the_assumption(name, fact):
    ranges = {each.cluster: (each.low, each.high) for each in tables.facts_about(fact) if each.low is not None}
    found = table(name)
    assert set(ranges) < set(found)
    for cluster, (low, high) in ranges.items():
        assert found[cluster] == pytest.approx((low + high) / 200)
    others = {found[cluster] for cluster in found if cluster not in ranges}
    assert len(others) == 1 and others.pop() < min(low / 100 for low, _ in ranges.values())


def test_the_share_of_large_firms_elsewhere_is_the_printed_one():
    (fact,) = tables.facts_about("large_firm_share_many_other_clusters")
    assert table("large_share")["clean"] == pytest.approx(fact.value / 100)


def test_export_shares_tell_something_where_both_groups_have_exporters():
    found = table("export_share")
    told = {cluster for cluster, share in found.items() if share > 0.0}
    assert told == {cluster for (cluster, group), share in ROWS.items() if group == "non_participant" and share > 0.0}
    assert all(found[cluster] == ROWS[cluster, "participant"] for cluster in told)
    assert "dlsc" not in told and "fintech" not in told


def test_a_printed_zero_is_less_than_half_a_unit():
    found = stronghold_export_shares()
    assert set(found) == {cluster for cluster, _ in ROWS}
    for cluster, share in found.items():
        printed = ROWS[cluster, "non_participant"]
        assert share == printed if printed > 0.0 else 0.0 < share < 0.05
