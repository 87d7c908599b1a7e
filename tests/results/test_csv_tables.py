"""Records written as a table are read back as the same records; a table of others is refused."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import pytest

from klyngesim.results.csv_tables import read_table, records, write_table
from klyngesim.sweeps.rows import DiscoveryRow, Index, LeftOut, NoiseRow, Regional, SurrogateRow

VALUES = {"str": 'a, "b"', "int": 3, "float": 0.125, "float | None": None, "bool": True}


@dataclass(frozen=True)
class Answer:
    """A record with a yes or no."""

    said: bool
    low: float | None


@pytest.mark.parametrize("kind", [DiscoveryRow, Index, LeftOut, NoiseRow, Regional, SurrogateRow, Answer])
def test_every_row_type_is_read_as_it_was_written(tmp_path, kind):
    one = kind(**{name: VALUES[hint] for name, hint in hints(kind)})
    other = kind(**{**asdict(one), **{name: -1.5 for name, hint in hints(kind) if hint == "float | None"}})
    write_table(tmp_path / "rows.csv", [one, other], kind)
    assert records(read_table(tmp_path / "rows.csv"), kind) == (one, other)


def hints(kind):
    return [(name, field.type) for name, field in kind.__dataclass_fields__.items()]


def test_an_empty_number_is_none_where_that_is_allowed_and_else_not_a_number():
    assert records([{"said": "no", "low": ""}], Answer) == (Answer(False, None),)
    cells = dict.fromkeys(NoiseRow.__dataclass_fields__, "") | {"points": "1", "replicates": "2"}
    (row,) = records([cells], NoiseRow)
    assert math.isnan(row.noise_share)


@pytest.mark.parametrize("row", [{"said": "perhaps", "low": ""}, {"low": "1"}, {"said": "no", "low": "x"}])
def test_what_the_kind_does_not_allow_is_refused(row):
    with pytest.raises((KeyError, ValueError)):
        records([row], Answer)
