"""The pinned versions, the declared ones and the version number agree wherever they stand."""

import ast
import csv
import importlib.metadata
import json
import re
import sys
import tomllib
from functools import cache

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.static.sources import ROOT

SIDES = ["3.11", "3.12", "3.13"]
LOCKS = ["run.lock", "test.lock"]


@cache
def declared():
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def project():
    """The table [project]: what users install, extras among them."""
    return declared()["project"]


def groups():
    """The table [dependency-groups]: what development needs on top."""
    return declared()["dependency-groups"]


def locked(name):
    """Every pin of a lock file with its hashes."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        pin, *hashes = line.split(" --hash=")
        yield Requirement(pin), [one.strip() for one in hashes]


def pinned(name, side):
    """Pinned version by canonical name on a Python version, on Linux."""
    system = {"python_version": side, "python_full_version": f"{side}.0", "sys_platform": "linux"}
    pins = {}
    for requirement, _ in locked(name):
        if requirement.marker is None or requirement.marker.evaluate(system):
            assert canonicalize_name(requirement.name) not in pins, f"{requirement.name} is pinned twice"
            (specifier,) = requirement.specifier
            assert specifier.operator == "==", requirement
            pins[canonicalize_name(requirement.name)] = specifier.version
    return pins


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_meets_every_requirement(name, side):
    others = [*project()["optional-dependencies"].values(), *groups().values()] if name == "test.lock" else []
    wanted = [Requirement(line) for line in [*project()["dependencies"], *(line for other in others for line in other)]]
    pins = pinned(name, side)
    for requirement in wanted:
        if requirement.marker is None or requirement.marker.evaluate({"python_version": side}):
            version = pins.get(canonicalize_name(requirement.name))
            assert version is not None, f"{requirement.name} is not pinned on {side}"
            assert requirement.specifier.contains(version), f"{requirement} is pinned to {version} on {side}"


@pytest.mark.parametrize("name", [*LOCKS, "mutants.lock"])
def test_every_pin_carries_hashes(name):
    without = [requirement.name for requirement, hashes in locked(name) if not hashes]
    assert not without
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", one) for _, hashes in locked(name) for one in hashes)


@pytest.mark.parametrize("side", SIDES)
def test_what_runs_need_is_a_small_part_of_what_tests_need(side):
    runs, tests = pinned("run.lock", side), pinned("test.lock", side)
    assert runs.items() <= tests.items()
    assert not runs.keys() & {"pytest", "mypy", "ruff", "playwright", "distributed", "scikit-learn", "pyabc"}


def test_mesa_differs_between_the_sides():
    assert pinned("run.lock", "3.11")["mesa"].startswith("3.3.")
    assert pinned("run.lock", "3.12")["mesa"].startswith("3.5.")


def test_no_extra_and_no_group_is_empty():
    assert all(project()["optional-dependencies"].values())
    assert all(groups().values())


@pytest.mark.parametrize(("file", "pattern"), [("CITATION.cff", r"^version: (\S+)$"), ("CHANGELOG.md", r"^## (\d\S*)")])
def test_the_version_is_the_same_everywhere(file, pattern):
    found = re.search(pattern, (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    assert found[1] == project()["version"]


def test_what_catalogues_of_software_read_is_what_the_package_says():
    told = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    said = project()
    assert [told["name"], told["version"], told["description"]] == [said["name"], said["version"], said["description"]]
    assert told["keywords"] == said["keywords"] and told["license"].endswith(f"/{said['license']}")
    assert told["runtimePlatform"] == f"Python {said['requires-python']}"
    assert [one["name"] for one in told["author"]] == [one["name"] for one in said["authors"]]


def test_what_is_cited_is_what_the_package_says():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    said = project()
    assert cited["cff-version"] == "1.2.0" and cited["type"] == "software" and cited["message"]
    assert cited["title"].partition(":")[0] == said["name"]
    assert [str(cited["version"]), cited["license"]] == [said["version"], said["license"]]
    assert cited["keywords"] == said["keywords"]
    assert [one["name"] for one in cited["authors"]] == [one["name"] for one in said["authors"]]
    told = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in told["author"]] == [one["name"] for one in cited["authors"]]
    assert (ROOT / told["softwareHelp"]["name"]).is_file()


PART_OF = {"llvmlite": "numba", "pydantic_core": "pydantic", "sqlalchemy": "pyabc"}
"""Modules that come with a declared library, which pins them itself."""


def test_every_library_that_is_imported_is_declared():
    extras = project()["optional-dependencies"].values()
    stated = [*project()["dependencies"], *(one for extra in extras for one in extra)]
    known = {canonicalize_name(Requirement(one).name) for one in stated} | {project()["name"]}
    providers = importlib.metadata.packages_distributions()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            whole = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            whole += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for name in {one.partition(".")[0] for one in whole} - sys.stdlib_module_names:
                assert known & {canonicalize_name(one) for one in providers.get(PART_OF.get(name, name), [name])}, (
                    path,
                    name,
                )


@pytest.mark.parametrize("file", sorted((ROOT / "src").rglob("*.csv")), ids=lambda file: file.stem)
def test_every_row_of_a_table_has_the_columns_of_its_first_line(file):
    """A comma in a text that stands in no quotes would cut it without a word."""
    with file.open(encoding="utf-8", newline="") as table:
        first, *rows = csv.reader(table)
    assert [row for row in rows if len(row) != len(first)] == []
