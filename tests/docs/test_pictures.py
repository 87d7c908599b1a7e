"""The pictures of the pages show what the program draws today, from runs of all firms; `make docs` makes them."""

import re

import pytest
from matplotlib.testing.compare import compare_images

from tests.cli.commands import klyngesim
from tests.static.sources import ROOT

pytestmark = pytest.mark.slow

PICTURES = ROOT / "docs" / "img"
RECIPE = re.compile(
    r"^\t\$\(BIN\)/klyngesim (?P<arguments>run .+) --out \$\(DRAWN\) .*\n\tcp (?P<copied>.+) docs/img/$", re.M
)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Directory with the figures of the run that the recipe makes, and the names of those that it copies."""
    recipe = RECIPE.search((ROOT / "Makefile").read_text(encoding="utf-8"))
    out = tmp_path_factory.mktemp("drawn") / "run"
    done = klyngesim(*recipe["arguments"].split(), "--jobs", "1", "--out", str(out), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return out / "figures", [word.rpartition("/")[2] for word in recipe["copied"].split()]


def test_the_picture_shows_the_numbers_of_today(drawn):
    figures, names = drawn
    tables = [name for name in names if name.endswith(".csv")]
    assert tables
    for name in tables:
        written = (PICTURES / name).read_text(encoding="utf-8")
        assert written == (figures / name).read_text(encoding="utf-8"), (
            f"docs/img/{name} is out of date: run 'make docs'"
        )


def test_the_picture_is_drawn_as_today(drawn):
    figures, names = drawn
    pictures = [name for name in names if name.endswith(".png")]
    assert {path.name for path in PICTURES.iterdir()} == set(names)
    for name in pictures:
        # Another build of the drawing library may shade an edge differently; a moved digit or line is far more.
        difference = compare_images(str(PICTURES / name), str(figures / name), tol=0.5)
        assert difference is None, f"docs/img/{name} is out of date: run 'make docs'"
