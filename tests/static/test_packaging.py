"""The pinned versions, the declared ones and the version number agree wherever they stand."""

import re
import tomllib
from functools import cache

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.static.sources import ROOT

SIDES = ["3.11", "3.12", "3.13"]


@cache
def project():
    """The table [project] of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pinned(side):
    """Pinned version by canonical name on a Python version."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = {}
    for line in lines:
        if not line or line.startswith("#"):
            continue
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"python_version": side}):
            assert canonicalize_name(requirement.name) not in pins, f"{requirement.name} is pinned twice"
            (specifier,) = requirement.specifier
            assert specifier.operator == "==", line
            pins[canonicalize_name(requirement.name)] = specifier.version
    return pins


@pytest.mark.parametrize("side", SIDES)
def test_the_lock_file_meets_every_requirement(side):
    extras = [line for extra in project()["optional-dependencies"].values() for line in extra]
    wanted = [Requirement(line) for line in project()["dependencies"] + extras]
    pins = pinned(side)
    for requirement in wanted:
        if requirement.name == project()["name"]:
            continue  # an extra that takes in another one
        if requirement.marker is None or requirement.marker.evaluate({"python_version": side}):
            version = pins.get(canonicalize_name(requirement.name))
            assert version is not None, f"{requirement.name} is not pinned on {side}"
            assert requirement.specifier.contains(version), f"{requirement} is pinned to {version} on {side}"


def test_mesa_differs_between_the_sides():
    assert pinned("3.11")["mesa"].startswith("3.3.")
    assert pinned("3.12")["mesa"].startswith("3.5.")


def test_no_extra_is_empty():
    assert all(project()["optional-dependencies"].values())


@pytest.mark.parametrize(
    ("file", "pattern"), [("CITATION.cff", r"^version: (\S+)$"), ("CHANGELOG.md", r"^## (\d\S*)")]
)
def test_the_version_is_the_same_everywhere(file, pattern):
    found = re.search(pattern, (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    assert found[1] == project()["version"]
