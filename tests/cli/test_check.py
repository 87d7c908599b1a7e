"""``klyngesim check`` and refused scenarios, from outside: exit code 2, one line per fault, nothing left behind."""

import pytest

from tests.cli.commands import klyngesim

GOOD = "name: good\ntitle: {en: Good, da: God}\nperiod: {start: 2021Q1, end: 2021Q4}\n"

BAD = {
    "unknown-key.yaml": GOOD + "seeed: 3\n",
    "duplicate-key.yaml": GOOD + "seed: 1\nseed: 2\n",
    "wrong-type.yaml": GOOD + "replicates: many\n",
    "out-of-range.yaml": GOOD + "population: {scale: 7}\n",
    "not-a-number.yaml": GOOD + "population: {scale: .nan}\n",
    "no-such-date.yaml": GOOD.replace("2021Q4", "2021Q5"),
    "no-such-parent.yaml": "name: orphan\nextends: nobody\n",
    "own-parent.yaml": "name: narcissus\nextends: own-parent.yaml\n",
    "tag.yaml": GOOD + "question: !!python/object/apply:os.system ['touch hacked']\n",
    "bomb.yaml": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "deep.yaml": "name: deep\nparameters: " + "[" * 5000 + "]" * 5000 + "\n",
    "list.yaml": "- name\n- good\n",
    "empty.yaml": "",
    "broken.yaml": "name: [unclosed\n",
    "latin1.yaml": "name: good\nquestion: r\xf8dgr\xf8d\n".encode("latin-1"),
    "binary.yaml": b"\x00\x01\x02\xff\xfe",
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD)
    for name, content in BAD.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path


def faults(done):
    """Lines of a refusal, checked for what every refusal has to be."""
    assert done.returncode == 2
    assert "Traceback" not in done.stderr + done.stdout
    said = [line for line in (done.stdout + done.stderr).splitlines() if line and not line.startswith("  ")]
    return [line for line in said if not line.startswith("OK ")]


def test_a_good_file_is_ok(folder):
    done = klyngesim("check", "good.yaml", cwd=folder)
    assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (0, "OK good.yaml (good)", "")


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_words_by_check_and_by_run(folder, name):
    before = sorted(folder.iterdir())
    for command in (["check", name], ["run", name, "--out", "out"]):
        found = faults(klyngesim(*command, cwd=folder))
        assert found and all(line.startswith(name) for line in found), found
    assert sorted(folder.iterdir()) == before


def test_all_faults_of_all_files_come_at_once(folder):
    (folder / "several.yaml").write_text(GOOD + "seeed: 3\nreplicates: many\npopulation: {scale: 7}\n")
    done = klyngesim("check", "several.yaml", "good.yaml", "wrong-type.yaml", cwd=folder)
    found = faults(done)
    assert [line.split(":")[0] for line in found] == ["several.yaml"] * 3 + ["wrong-type.yaml"]
    assert "OK good.yaml (good)" in done.stdout
    assert any("did you mean seed" in line for line in found)


def test_a_file_that_is_missing_or_too_large_is_refused(folder):
    assert faults(klyngesim("check", "missing.yaml", cwd=folder))
    with (folder / "huge.yaml").open("wb") as file:
        file.write(b"name: huge\nquestion: ")
        file.truncate(50_000_000)
    assert len(faults(klyngesim("check", "huge.yaml", cwd=folder))) == 1


@pytest.mark.parametrize(
    "setting", ["population.scale=2", "nonsense=1", "replicates", "seed=-1", "period.end=2020Q4", "replicates=0"]
)
def test_a_wrong_setting_is_refused(folder, setting):
    before = sorted(folder.iterdir())
    done = klyngesim("run", "good.yaml", "--set", setting, "--out", "out", cwd=folder)
    found = faults(done)
    assert len(found) == 1 and "--set" in found[0]
    assert done.stdout == ""
    assert sorted(folder.iterdir()) == before


def test_options_are_settings_too(folder):
    found = faults(klyngesim("run", "good.yaml", "--replicates", 0, "--seed", -3, cwd=folder))
    assert len(found) == 2
    found = faults(klyngesim("run", "good.yaml", "--seed", 4, "--set", "seed=5", cwd=folder))
    assert len(found) == 1 and "seed" in found[0]
