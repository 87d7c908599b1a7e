"""Whatever stands in a file or a mapping: the answer is a scenario or faults, each on one line."""

import json
import math
import string

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from klyngesim.scenario import yamlsafe
from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.loading import from_mapping, load
from klyngesim.scenario.parameters import FILE_KEYS
from klyngesim.scenario.scalars import resolve, show
from klyngesim.scenario.schema import Scenario
from tests.scenario.fakes import REGISTRY

UNTIMED = settings(deadline=None)
WORDS = st.sampled_from(
    [
        *FILE_KEYS,
        *REGISTRY,
        *REGISTRY.organisations,
        "from",
        "announced",
        "set",
        "cluster",
        "disable",
        "start",
        "end",
        "scale",
        "en",
        "da",
        "M085",
        "M012",
        "L08",
        "2025Q1",
        "2021Q1",
        "2040Q4",
        "linear",
        "off",
        "baseline",
        "..",
        "~",
    ]
)
NUMBERS = st.one_of(st.integers(-3, 50), st.integers(), st.floats(), st.floats(0, 1))
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, st.text())


def nested(keys, leaves):
    return st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
        max_leaves=12,
    )


VALUES = nested(st.one_of(WORDS, st.text()), LEAVES)
SETTINGS = st.dictionaries(
    st.sampled_from(list(REGISTRY)), st.one_of(st.floats(0, 1), st.integers(0, 5), LEAVES), max_size=4
)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "name": st.one_of(st.just("a-b"), LEAVES),
        "title": st.one_of(st.dictionaries(st.sampled_from(["en", "da", "de"]), LEAVES), LEAVES),
        "source": st.one_of(st.lists(LEAVES), LEAVES),
        "period": st.one_of(st.fixed_dictionaries({"end": st.sampled_from(["2021Q2", "2024Q4", "2021Q1", 3])}), VALUES),
        "population": st.one_of(st.fixed_dictionaries({"scale": st.one_of(st.floats(0, 1), LEAVES)}), VALUES),
        "replicates": NUMBERS,
        "seed": NUMBERS,
        "parameters": st.one_of(SETTINGS, VALUES),
        "mechanisms": st.one_of(st.fixed_dictionaries({"disable": st.lists(WORDS)}), VALUES),
        "clusters": st.one_of(st.dictionaries(st.sampled_from(["made", "energy", "x"]), SETTINGS), VALUES),
        "timeline": st.one_of(
            st.lists(
                st.fixed_dictionaries(
                    {"from": st.sampled_from(["2022Q1", "2023Q1", "2030Q1"]), "set": SETTINGS},
                    optional={"cluster": st.sampled_from(["made", "sound", 3]), "announced": st.just("2022Q1")},
                ),
                max_size=3,
            ),
            VALUES,
        ),
    },
)


def judged(read):
    """A scenario whose values are all in the registry's bounds, or None after faults of one line each."""
    try:
        scenario = read()
    except ScenarioFaults as refused:
        assert refused.faults
        assert len(str(refused).split("\n")) == len(refused.faults)
        return None
    assert isinstance(scenario, Scenario)
    for values in (scenario.values, *scenario.organisation_values.values(), *(v.values for v in scenario.timeline)):
        assert all(REGISTRY[key].validate(value) is None for key, value in values.items())
    assert scenario.start < scenario.end
    assert all(scenario.start <= v.announced <= v.start <= scenario.end for v in scenario.timeline)
    return scenario


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "case.yaml"


def from_bytes(path, raw):
    path.write_bytes(raw)
    return judged(lambda: load(path, registry=REGISTRY))


@UNTIMED
@given(raw=st.binary(max_size=300))
@example(raw=b"? ")
@example(raw=b"\xef\xbb\xbf")
@example(raw=b"%YAML 9.9\n---\na: 1")
@example(raw=b"a: !<tag:yaml.org,2002:int> 3")
def test_bytes(path, raw):
    from_bytes(path, raw)


@UNTIMED
@given(text=st.text(alphabet=string.printable + "æ \ufeff\u2028\x85", max_size=200))
def test_text(path, text):
    from_bytes(path, text.encode())


@UNTIMED
@given(
    text=st.lists(
        st.sampled_from(
            [
                "seed",
                ": ",
                "\n",
                "  ",
                "- ",
                "[",
                "]",
                "{",
                "}",
                ",",
                "&a",
                "*a",
                "!t",
                "1",
                "'",
                '"',
                "|",
                ">",
                "#",
                "---",
                "?",
                "%",
                "parameters",
            ]
        )
    ).map("".join)
)
def test_yaml_like_text(path, text):
    from_bytes(path, text.encode())


@UNTIMED
@given(value=VALUES)
def test_nested_yaml(path, value):
    from_bytes(path, yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "replace"))


@UNTIMED
@given(value=NEARLY)
def test_nearly_right_yaml(path, value):
    from_bytes(path, yaml.safe_dump(value).encode("utf-8", "replace"))


@settings(max_examples=300, deadline=None)
@given(value=NEARLY)
def test_nearly_right_mappings(value):
    scenario = judged(lambda: from_mapping(value, registry=REGISTRY))
    if scenario is not None:
        resolved = json.loads(json.dumps(scenario.resolved(), allow_nan=False))
        assert from_mapping(resolved, registry=REGISTRY).resolved() == scenario.resolved()


@UNTIMED
@given(
    value=st.dictionaries(
        st.one_of(st.text(), st.integers()), nested(st.one_of(st.text(), st.none()), st.one_of(LEAVES, st.binary()))
    )
)
def test_mappings(value):
    judged(lambda: from_mapping(value, registry=REGISTRY))


@UNTIMED
@given(
    overrides=st.lists(
        st.one_of(st.text(), st.builds("{}={}".format, st.one_of(WORDS, st.text()), st.text())), max_size=4
    )
)
def test_overrides(overrides):
    judged(lambda: from_mapping({}, overrides=overrides, registry=REGISTRY))


@UNTIMED
@given(name=st.text())
def test_names(name):
    judged(lambda: load(name, registry=REGISTRY))


@UNTIMED
@given(text=st.text(alphabet="0123456789+-.eExofinaNtrul~_", max_size=12))
def test_scalars_never_fail_and_show_is_short(text):
    value = resolve(text)
    assert len(show(value)) < 80
    assert isinstance(value, str) or value is None or isinstance(value, bool | int | float)


@UNTIMED
@given(number=st.floats(allow_nan=False))
def test_numbers_written_by_python_read_back(number):
    if math.isfinite(number):
        assert resolve(repr(number)) == number


@UNTIMED
@given(value=VALUES)
def test_json_is_read_as_json(value):
    text = json.dumps({"a": value})
    try:
        found = yamlsafe.parse(text, "f")
    except ScenarioFaults:
        return  # control characters, lone surrogates and keys that YAML does not allow
    if not found.faults and "NaN" not in text and "Infinity" not in text:
        assert found.data == json.loads(text)
