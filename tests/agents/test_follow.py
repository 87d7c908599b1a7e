"""One firm can be followed by hand through a run, as docs/follow_a_firm.md shows."""

import contextlib
import io
import re

import pytest

from klyngesim.scenario.periods import label
from tests.agents.worlds import make
from tests.static.sources import ROOT

PAGE = "docs/follow_a_firm.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", (ROOT / PAGE).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
LINE = re.compile(
    r"(?P<quarter>\d{4}Q[1-4]) \| (?P<member>member|not a member) \| trust (?P<trust>[01]\.\d\d)"
    r" \| looked after by (nobody|made-\d+\.\d+) \| \d+ ties \| .+"
)


@pytest.fixture(scope="module")
def printed():
    """What each block of the page prints, all run in one go."""
    names, outputs = {}, []
    for block in BLOCKS:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(block, PAGE, "exec"), names)
        outputs.append(out.getvalue().splitlines())
    return outputs


def test_the_page_prints_a_line_a_quarter(printed):
    head, *lines = printed[0]
    assert re.fullmatch(r"\w+\(\d+, .+ employees\) member of .*made.*", head)
    matches = [LINE.fullmatch(line) for line in lines]
    assert all(matches), lines
    assert [match["quarter"] for match in matches] == [label(period) for period in range(12)]
    assert len({match["trust"] for match in matches}) > 3


def test_the_page_says_what_a_line_looks_like():
    (example,) = re.findall(r"^    (\d{4}Q.*)$", (ROOT / PAGE).read_text(encoding="utf-8"), re.MULTILINE)
    assert LINE.fullmatch(example)


def test_the_page_lists_agents(printed):
    assert re.fullmatch(r"2\d{5} SMEs with \d{6,7} employees", printed[1][0])
    assert len(printed[1]) == 3 + 13


def test_a_followed_firm_goes_the_way_of_its_arrays():
    model = make()
    firm = max(model.organisation("made").members, key=lambda member: (len(member.episodes), len(member.ties)))
    assert firm.ties
    world, seen = model.world, []
    while model.running:
        model.step()
        relation = firm.relation("made")
        relations, contact = world.relations, world.acquaintances.contact[firm.row] - 1
        mine = (relations.contact == contact) & (relations.organisation == model.organisation("made").index)
        assert relation.trust == relations.trust[mine]
        assert relation.member == (firm in model.organisation("made").members)
        assert len(firm.ties) == (world.ties.ident == firm.unique_id - 1_000_000).sum()
        assert sum(idea.organisation == "made" for idea in firm.episodes) == relations.open_ideas[mine]
        seen.append((relation.trust, tuple(idea.stage for idea in firm.episodes), firm.ties))
    assert len(set(seen)) == 4, "nothing happened to the firm"
