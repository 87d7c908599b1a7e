import hashlib
import math
import os

import pytest
import yaml

from klyngesim import files
from klyngesim.scenario import yamlsafe
from klyngesim.scenario.faults import ScenarioFaults


def data(text):
    return yamlsafe.parse(text, "f").data


def faults(text):
    with pytest.raises(ScenarioFaults) as caught:
        yamlsafe.parse(text, "f")
    return caught.value.faults


def read_faults(path):
    with pytest.raises(ScenarioFaults) as caught:
        yamlsafe.read(path)
    return caught.value.faults


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, word) for word in ("no", "yes", "on", "off", "No", "OFF", "y", "n")),
        ("2025-01-01", "2025-01-01"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0b1", "0b1"),
        ("2021Q1", "2021Q1"),
        ("<<", "<<"),
        ("=", "="),
        ("1e", "1e"),
        (".", "."),
        ("nan", "nan"),
        ("tRue", "tRue"),
        ("010", 10),
        ("+7", 7),
        ("-0", 0),
        ("0o10", "0o10"),
        ("0x1F", "0x1F"),
        ("1e3", 1000.0),
        ("1E+3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1.5e-2", -0.015),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("Null", None),
        ("", None),
        ("'1'", "1"),
        ('"true"', "true"),
        ("''", ""),
        ("9" * 5000, math.inf),
        ("-" + "9" * 5000, -math.inf),
    ],
)
def test_decimal_scalars_of_yaml_1_2(text, value):
    found = data(f"a: {text}")["a"]
    assert found == value
    assert type(found) is type(value)


def test_nan():
    assert math.isnan(data("a: .NaN")["a"])


def test_block_text_is_text():
    assert data("a: |\n  1\nb: >\n  true\n") == {"a": "1\n", "b": "true\n"}


def test_keys_are_text():
    assert data("yes: 1\n2021: 2\ntrue: 3\nnull: 4\n<<: 5\n") == {"yes": 1, "2021": 2, "true": 3, "null": 4, "<<": 5}


def test_nesting_and_lines():
    document = yamlsafe.parse("a:\n  b: 1\n  c:\n    - 2\n    - d: 3\n", "f")
    assert document.data == {"a": {"b": 1, "c": [2, {"d": 3}]}}
    assert document.line(("a", "c", 1, "d")) == 5
    assert document.line(("a", "c", 0)) == 4
    assert document.line(("a", "x", "y")) == 1
    assert document.line(("z",)) is None


def test_duplicate_keys_are_kept_as_faults_with_both_lines():
    document = yamlsafe.parse("a: 1\nb: {c: 1, 'c': {d: 1, d: 2}}\na: 3\n", "f")
    assert document.data == {"a": 1, "b": {"c": 1}}
    assert [(f.path, f.line, f.value) for f in document.faults] == [
        ("b.c", 2, "set twice, first in line 2"),
        ("b.c.d", 2, "set twice, first in line 2"),
        ("a", 3, "set twice, first in line 1"),
    ]


def test_tags_anchors_and_aliases_are_refused_together():
    found = faults("a: &x 1\nb: *x\nc: !!python/object/apply:os.system [echo]\nd: !t 1\n")
    assert [(f.line, f.value) for f in found] == [
        (1, "an anchor (&x)"),
        (2, "an alias (*x)"),
        (3, "a tag (tag:yaml.org,2002:python/object/apply:os.system)"),
        (4, "a tag (!t)"),
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("# only a comment\n", "empty"),
        ("---\n", "empty"),
        ("a", "'a'"),
        ("3", "3"),
        ("- a", "a list"),
        ("a: 1\n---\nb: 2", "second document"),
        ("a: 1\n...\n---\n", "second document"),
        ("a: 1\n? [b]\n: 2", "a list as a key"),
        ("{a: 1}: 2", "a mapping as a key"),
        ("a: b: c", "not YAML"),
        ("\ta: 1", "a tab in front of a key"),
        ("a: [1", "not YAML"),
        ("a: \x07", "U+0007 (a control character)"),
        ("a: 'x\ny: 2", "not YAML"),
        ("a: \0", "NUL"),
        ("a: \ud800", "U+D800 (half a character)"),
        ("[" * 40, "deep"),
        ("- " * 40, "deep"),
        ("a: " + "{a: " * 40, "deep"),
        ("*x", "alias"),
        ("a: @x", "not YAML"),
    ],
)
def test_refused(text, word):
    found = faults(text)
    assert word in str(found[-1])
    assert all(f.line is None or f.line >= 1 for f in found)


def test_thirty_levels_are_read_and_thirty_one_are_not():
    assert data("a: " + "[" * 29 + "]" * 29)["a"]
    assert "more than 30 deep" in faults("a: " + "[" * 30 + "]" * 30)[0].value


def test_a_billion_laughs_is_refused_unbuilt():
    lines = ["a0: &a0 [lol]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    found = faults("\n".join(lines))
    assert len(found) <= 22
    assert found[0].value == "an anchor (&a0)"


@pytest.mark.parametrize("text", ["[" * 999_000, "- " * 499_000, "{" * 999_000, "? " * 499_000])
def test_a_megabyte_of_nesting_is_refused(text):
    assert "deep" in str(faults(text)[-1]) or "as a key" in str(faults(text)[-1])


def test_the_slow_loader_reads_the_same(monkeypatch):
    monkeypatch.setattr(yamlsafe, "_LOADER", yaml.SafeLoader)
    assert data("a: no\nb: [1e3, '1', {c: 010}]\n") == {"a": "no", "b": [1000.0, "1", {"c": 10}]}
    assert "deep" in faults("[" * 5000)[0].value
    assert "U+0007" in faults("a: \x07")[0].value
    assert [f.line for f in faults("a: &x 1\nb: *x")] == [1, 2]


def test_a_large_file_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "large.yaml"
    with path.open("wb") as opened:
        opened.truncate(50_000_000)
    monkeypatch.setattr(files.os, "open", lambda *_: pytest.fail("the file was opened"))
    assert read_faults(path)[0].value == "50.0 MB"


def test_the_limit_is_a_megabyte(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\n#".ljust(1_000_000, b"-"))
    assert yamlsafe.read(path).data == {"a": 1}
    path.write_bytes(b"a: 1\n#".ljust(1_000_001, b"-"))
    assert "at most 1 MB" in read_faults(path)[0].allowed


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "empty"),
        (b"a: 1\nb: \xff\n", "not UTF-8: byte 0xff"),
        ("a: æ".encode("latin-1"), "not UTF-8"),
        ("a: 1".encode("utf-16"), "UTF-16; allowed: text in UTF-8 (save the file as UTF-8)"),
        ("a: 1".encode("utf-16-le"), "NUL"),
        (b"a: \x00", "NUL"),
        (bytes(range(128, 256)), ""),
    ],
)
def test_wrong_encodings(tmp_path, raw, word):
    path = tmp_path / "a.yaml"
    path.write_bytes(raw)
    assert word in str(read_faults(path)[0])


def test_the_line_of_a_wrong_byte(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    assert read_faults(path)[0].line == 2


def test_what_is_no_file(tmp_path):
    assert read_faults(tmp_path)[0].value == "a directory"
    assert read_faults(tmp_path / "none.yaml")[0].value == "no such file"
    assert read_faults(tmp_path / "a\0b")[0].value == "not a file name"
    os.mkfifo(tmp_path / "pipe")
    assert read_faults(tmp_path / "pipe")[0].value == "not a regular file"
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert "cannot be read" in read_faults(loop)[0].value
    assert "cannot be read" in read_faults(tmp_path / ("x" * 5000))[0].value


def test_a_file_knows_its_hash(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\n")
    assert yamlsafe.read(path).sha256 == hashlib.sha256(b"a: 1\n").hexdigest()
