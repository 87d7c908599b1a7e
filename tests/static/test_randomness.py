"""Randomness has one source: no module but streams.py may make or draw random numbers."""

import ast

import pytest

from tests.static.sources import modules

SOURCE = "streams.py"
# The benchmark's peer is an ordinary Mesa model, no part of ours; it draws as Mesa's users do. Inference about the
# model has random numbers of its own, all from one module. The EMA Workbench draws points of experiments itself, and
# wants distributions of scipy to draw them from.
EXEMPT = {SOURCE, "adapters/workbench.py", "experiments/plain_mesa.py", "seeds.py"}
BANNED_MODULES = {"random", "secrets", "uuid", "numpy.random", "scipy.stats"}
BANNED_NAMES = {"default_rng", "RandomState", "SeedSequence", "Generator", "shuffle_do", "shuffle", "urandom", "rvs"}


def stray_randomness(tree):
    """Lines of a module that import a generator, make one, or draw from the one that Mesa offers."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names if _banned_module(alias.name)]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            found += [(node.lineno, name) for name in names if _banned_module(name) or _banned_name(node, name)]
        elif isinstance(node, ast.Attribute) and node.attr in BANNED_NAMES | {"random", "rng"}:
            found.append((node.lineno, node.attr))
        elif isinstance(node, ast.Name) and node.id in BANNED_NAMES - {"Generator"}:
            found.append((node.lineno, node.id))
    return found


def _banned_module(name):
    return any(name == banned or name.startswith(banned + ".") for banned in BANNED_MODULES)


def _banned_name(node, name):
    return (node.module or "").startswith(("numpy", "mesa")) and name.rsplit(".", 1)[-1] in BANNED_NAMES


@pytest.mark.parametrize(
    "code",
    [
        "import random",
        "import numpy.random as r",
        "from numpy import random",
        "from numpy.random import default_rng",
        "from scipy import stats",
        "import secrets",
        "x = np.random.random()",
        "x = self.model.random.random()",
        "x = model.rng.integers(3)",
        "model.agents.shuffle_do('step')",
        "rng = default_rng(1)",
        "seed = os.urandom(4)",
    ],
)
def test_the_search_finds_randomness(code):
    assert stray_randomness(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "from collections.abc import Generator\ndef f() -> Generator[int]: ...",
        "from klyngesim.streams import Streams\nx = Streams(1).uniform(d, 0, ids)",
        "class Ecosystem(mesa.Model):\n    def __init__(self): super().__init__(rng=1)",
    ],
)
def test_the_search_lets_the_rest_pass(code):
    assert not stray_randomness(ast.parse(code))


def test_only_streams_draws():
    stray = {name: found for name, tree in modules() if name not in EXEMPT and (found := stray_randomness(tree))}
    assert not stray


def test_streams_needs_no_library_generator():
    tree = dict(modules())[SOURCE]
    assert not stray_randomness(tree)
