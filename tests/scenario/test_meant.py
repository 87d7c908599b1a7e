"""Danish and Windows ways of writing lead to what to type, in a file and on the command line alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klyngesim.scenario import loading, models, periods, yamlsafe
from klyngesim.scenario.characters import blank, unfit, visible
from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.suggestions import NAME, kebab


def faults(text, folder):
    (folder / "v.yaml").write_text(f"extends: baseline\n{text}\n", encoding="utf-8")
    with pytest.raises(ScenarioFaults) as caught:
        loading.load(folder / "v.yaml")
    return caught.value.faults


NUMBERS = [
    ("{fees.level: 1,5}", "1.5"),
    ("{fees.level: 1,5, trust.gain: 0.1}", "1.5"),
    ("{trust.gain: 0.1, fees.level: 1,5}", "1.5"),
    ("{guard.fee_rebate: 12,5 %}", "0.125"),
    ("{fees.level: [1,5]}", "1.5"),
    ("{fees.level: '1,5'}", "1.5"),
    ("{fees.level: “1,5”}", "1.5"),
    ("{guard.fee_rebate: 30%}", "0.3"),
    ("{guard.fee_rebate: 30 %}", "0.3"),
    ("{guard.fee_rebate: 30\xa0%}", "0.3"),
    ("{guard.fee_rebate: 50 pct.}", "0.5"),
    ("{guard.fee_rebate: 50 procent}", "0.5"),
    ("{grant.budget_mkr_year: 1 000}", "1000"),
    ("{grant.budget_mkr_year: 1\xa0000}", "1000"),
    ("{grant.budget_mkr_year: '1.234,5'}", "1234.5"),
    ("{grant.budget_mkr_year: 1.234,5}", "1234.5"),
    ("{grant.budget_mkr_year: 1.000}", "1000 or 1"),
    ("{grant.budget_mkr_year: 1,000}", "1000 or 1"),
    ("{grant.budget_mkr_year: 1,250.5}", "1250.5"),
    ("{grant.budget_mkr_year: 1,250.5, fees.level: 2}", "1250.5"),
    ("{fees.level: +25 %}", "1.25 or 0.25"),
    ("{fees.level: -25 %}", "0.75"),
    ("{guard.fee_rebate: +25 %}", "0.25"),
    ("{grant.budget_mkr_year: 160000000}", "160"),
    ("{membership.renewal_elasticity: '\u22120,2'}", "-0.2"),
    ("{fees.small: ５０００}", "5000"),
    ("{fees.small: 60 000}", "60000"),
    ("{fees.small: 60.000 kr.}", "60000"),
    ("{fees.small: '60.000,-'}", "60000"),
    ("{fees.small: kr. 60.000}", "60000"),
    ("{fees.small: 60 t.kr.}", "60000"),
    ("{fees.small: 15k}", "15000"),
    ("{fees.small: '0,05 mio. kr.'}", "50000"),
    ("{grant.budget_mkr_year: '1,5 mio.'}", "1.5"),
    ("{grant.budget_mkr_year: 160 mio. kr. om året}", "160"),
    ("{grant.budget_mkr_year: 160 mkr}", "160"),
    ("{grant.budget_mkr_year: 160.000.000 kr.}", "160"),
    ("{grant.horizon_years: 10 år}", "10"),
    ("{grant.horizon_years: 6 måneder}", "0.5"),
    ("{ufs.credit_months: 2 quarters}", "6"),
    ("{contact_staff.fte: '1,5 årsværk'}", "1.5"),
    ("{grant.budget_mkr_year: 1_000}", "1000"),
    ("{grant.budget_mkr_year: 0x10}", "16"),
    ("{grant.budget_mkr_year: 0o17}", "15"),
    ("{grant.budget_mkr_year: 0b11}", "3"),
    ("{grant.broad_only: ja}", "1"),
    ("{grant.broad_only: nej}", "0"),
    ("{grant.broad_only: true}", "1"),
    ("{scarcity.hours: nej}", "off"),
    ("{scarcity.hours: true}", "on"),
]


@pytest.mark.parametrize(("written", "typed"), NUMBERS)
def test_numbers(tmp_path, written, typed):
    (found,) = faults(f"parameters: {written}", tmp_path)
    assert (found.nearest, found.line) == (typed, 2)
    assert f"did you mean {typed}?" in str(found)


@pytest.mark.parametrize(
    ("setting", "typed"),
    [
        ("fees.small=60.000 kr.", "60000"),
        ("fees.small=15k", "15000"),
        ("grant.budget_mkr_year=1,5 mio.", "1.5"),
        ("seed=1_000", "1000"),
        ("seed=0x10", "16"),
        ("replicates=0b11", "3"),
        ("replicates=0o17", "15"),
    ],
)
def test_so_do_settings_of_the_command_line(setting, typed):
    with pytest.raises(ScenarioFaults) as caught:
        loading.load("baseline", [setting])
    assert [fault.nearest for fault in caught.value.faults] == [typed]


@pytest.mark.parametrize(
    "written", ["{fees.level: 2 kr.}", "{grant.horizon_years: 10 kr.}", "{fees.small: 3 år}", "{fees.small: 15 æbler}"]
)
def test_a_number_of_something_else_is_not_suggested(tmp_path, written):
    (found,) = faults(f"parameters: {written}", tmp_path)
    assert found.nearest is None


def test_a_point_that_can_only_be_decimal_is_taken(tmp_path):
    (tmp_path / "v.yaml").write_text("extends: baseline\npopulation: {scale: 1.000}\n", encoding="utf-8")
    assert loading.load(tmp_path / "v.yaml").scale == 1.0


@pytest.mark.parametrize(("written", "typed"), [("replicates: 1.000", "1000 or 1"), ("seed: 2.500", "2500")])
def test_so_do_whole_numbers_that_are_no_parameter(tmp_path, written, typed):
    (tmp_path / "v.yaml").write_text(f"extends: baseline\n{written}\n", encoding="utf-8")
    with pytest.raises(ScenarioFaults) as caught:
        loading.load(tmp_path / "v.yaml")
    assert [fault.nearest for fault in caught.value.faults] == [typed]


def test_an_entry_without_a_value_is_no_decimal_comma(tmp_path):
    found = faults("parameters: {fees.level: 1, trust.gain}", tmp_path)
    assert [(fault.path, fault.value) for fault in found] == [("parameters.trust.gain", "nothing (null)")]


QUARTERS = [
    ("2025Q2", "2025q2 2025-Q2 2025_K2 Q2_2025 K2_2025 2025K2 2._kvartal_2025 2._kvt._2025 Q2/2025 2Q25 25Q2"),
    ("2025Q2", "2025-04-01 2025-04 01-04-2025 1/4/2025 1.4.2025 20250401 april_2025 1._april_2025 2025-06-30T00:00:00"),
    ("2025Q4", "2025-10 2025-12-31 31.12.2025 oktober_2025 4._kvartal_2025 “2025Q4”"),
]


@pytest.mark.parametrize(("label", "written"), [(label, one) for label, many in QUARTERS for one in many.split()])
def test_quarters(tmp_path, label, written):
    text = written.replace("_", " ")
    (found,) = faults(f"timeline: [{{from: {text}, set: {{fees.level: 2}}}}]", tmp_path)
    assert (found.path, found.nearest, found.line) == ("timeline[0].from", label, 2)
    with pytest.raises(ScenarioFaults, match=f"did you mean {label}"):
        loading.load("baseline", [f"--end={text}"])


def test_a_decimal_comma_in_a_list_of_settings(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("set: [population.scale=0.01, fees.level=1,5, period.end=2030Q4]\n", encoding="utf-8")
    document = yamlsafe.read(path)
    assert document.data == {"set": ["population.scale=0.01", "fees.level=1.5", "period.end=2030Q4"]}
    (found,) = document.faults
    assert (found.path, found.value, found.nearest) == ("set[1]", "fees.level=1,5", "fees.level=1.5")


@pytest.mark.parametrize(
    ("written", "meant"), [("1,250.5", "1250.5"), ("1,250,000", "1250000"), ("1,250,000.5", "1250000.5")]
)
def test_a_number_with_commas_and_a_point_is_one_number_in_braces_and_brackets(tmp_path, written, meant):
    path = tmp_path / "s.yaml"
    for text, before in (("a: {{b: {}, c: 1}}", ""), ("set: [b={}, c=1]", "b=")):
        path.write_text(text.format(written), encoding="utf-8")
        (found,) = yamlsafe.read(path).faults
        assert (found.value, found.nearest) == (before + written, before + meant)
    path.write_text("a: {b: 12,50.5}", encoding="utf-8")  # nobody writes a number like that
    assert yamlsafe.read(path).data == {"a": {"b": 12, "50.5": None}}


def test_lists_of_numbers_are_lists(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("a: [1,5]\nb: {c: [0.5, 2, 3], d: }\ne: {f: x, 5: y}\n", encoding="utf-8")
    document = yamlsafe.read(path)
    assert document.data == {"a": [1, 5], "b": {"c": [0.5, 2, 3], "d": None}, "e": {"f": "x", "5": "y"}}
    assert document.faults == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("parameters:\n\tfees.level: 2", "a tab in front of a key; allowed: YAML 1.2 (indented with spaces"),
        ("\xa0\xa0fees.level: 2", "holds U+00A0 (no-break space), which is no ordinary space"),
        ("parameters: {fees.level\u200b: 2}", "holds U+200B (zero width space), which is no ordinary space"),
        ("parameters: {“fees.level”: 2}", "did you mean fees.level?"),
        ("title: {en: Fees, up}", "title.up"),
    ],
)
def test_what_word_processors_put_in(tmp_path, text, words):
    assert words in "\n".join(map(str, faults(text, tmp_path)))


def test_a_path_of_windows(tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.yaml").write_text("extends: baseline\n", encoding="utf-8")
    (tmp_path / "v.yaml").write_text("extends: below\\a.yaml\n", encoding="utf-8")
    with pytest.raises(ScenarioFaults, match=r"folders are parted by /.*did you mean below/a\.yaml\?"):
        loading.load(tmp_path / "v.yaml")


def test_a_year_begins_and_ends(tmp_path):
    assert faults("timeline: [{from: 2025, set: {fees.level: 2}}]", tmp_path)[0].nearest == "2025Q1"
    assert faults("period: {end: 2030}", tmp_path)[0].nearest == "2030Q4"


def test_no_quarter_is_suggested_that_would_be_refused(tmp_path):
    assert faults("period: {end: 2019-04-01}", tmp_path)[0].nearest is None


ORGANISATIONS = [
    ("food", ["Food & Bio Cluster Denmark", "food and bio cluster denmark", "FOOD", "Fødevarer og bioressourcer"]),
    ("made", ["MADE", "MADE - Manufacturing Academy of Denmark", "Manufacturing Academy"]),
    ("energy", ["Energy Cluster Denmark", "Energy Cluster Danmark", "ENERGITEKNOLOGI"]),
    ("sound", ["Danish Sound", "Dansk Sound klynge", "Lydteknologi"]),
    ("dlsc", ["Danish Life Science Cluster", "DLSC"]),
    ("wbdk", ["We Build Denmark", "WE BUILD DENMARK"]),
    ("robotics", ["Odense Robotics"]),
    ("censec", ["CenSec", "Center for Defence, Space & Security"]),
    ("fintech", ["Copenhagen Fintech"]),
    ("vision", ["Vision Denmark"]),
    ("digitallead", ["DigitalLead", "Digital Lead"]),
    ("lifestyle", ["Lifestyle & Design Cluster"]),
    ("clean", ["CLEAN"]),
]


@pytest.mark.parametrize(("known", "printed"), [(known, one) for known, many in ORGANISATIONS for one in many])
def test_printed_names_of_organisations(tmp_path, known, printed):
    (found,) = faults(f'clusters: {{"{printed}": {{fees.level: 1.2}}}}', tmp_path)
    assert found.nearest == known
    (found,) = faults(f'timeline: [{{from: 2025Q1, cluster: "{printed}", set: {{fees.level: 1.2}}}}]', tmp_path)
    assert (found.path, found.nearest) == ("timeline[0].cluster", known)
    with pytest.raises(ScenarioFaults, match=f"did you mean {known}"):
        loading.load("baseline", [f"clusters.{printed}.fees.level=1.2"])


def test_a_name_of_nobody_is_given_no_organisation(tmp_path):
    assert faults("clusters: {Denmark: {fees.level: 1}}", tmp_path)[0].nearest is None


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("støtte-på-øen", "stoette-paa-oeen"),
        ("ÆØÅ", "aeoeaa"),
        ("stötte für café", "stotte-fur-cafe"),
        ("pa\u030a øen", "paa-oeen"),
        ("Straße (2)", "strasse-2"),
        ("政策", "scenario"),
    ],
)
def test_names_from_file_names(tmp_path, stem, name):
    path = tmp_path / f"{stem}.yaml"
    path.write_text("extends: baseline\n", encoding="utf-8")
    assert loading.load(path).name == name


@given(st.text(max_size=120))
def test_every_text_gives_a_name_or_none(text):
    name = kebab(text)
    assert name == "" or (NAME.fullmatch(name) and len(name) <= 80)


@given(st.text(max_size=60))
def test_shown_text_is_harmless(text):
    assert visible(text).isprintable()
    assert unfit(visible(text)) is None


@given(st.one_of(st.text("0123456789qQkK-/. ", max_size=12), st.integers(0, 99_999_999)))
def test_a_meant_quarter_is_a_quarter_or_nothing(value):
    period = periods.meant(value)
    assert period is None or periods.parse(periods.label(period)) == period


def test_windows_files_are_taken(tmp_path):
    path = tmp_path / "v.yaml"
    text = "\ufeffname: bom\r\ntitle: {da: Støtte}\r\nextends: baseline\r\nquestion: |\r\n  a\r\n  b\r\n"
    path.write_bytes(text.encode())
    loaded = loading.load(path)
    assert (loaded.name, loaded.title["da"], loaded.question) == ("bom", "Støtte", "a\nb\n")
    path.write_text("name: a\nextends: baseline\n", encoding="utf-16")
    with pytest.raises(ScenarioFaults, match=r"text in UTF-16; allowed: text in UTF-8 \(save the file as UTF-8\)"):
        loading.load(path)


@pytest.mark.parametrize(
    ("text", "path", "code"),
    [
        ('title: {en: "a\\e[31mb"}', "title.en", r"U\+001B \(a control character\)"),
        ('title: {en: "a\\0b"}', "title.en", r"U\+0000"),
        ("title: {en: 'a\u202eb'}", "title.en", r"U\+202E \(a mark that turns the direction of writing\)"),
        ("question: 'a\u2066b'", "question", r"U\+2066"),
        ('question: "a\\u0085b"', "question", r"U\+0085"),
        ('source: ["a\\uFFFE"]', r"source\[0\]", r"U\+FFFE"),
        ('name: "a\\rb"', "name", r"U\+000D"),
        ('"a\\bb": 1', r"a\\x08b", r"U\+0008"),
    ],
)
def test_characters_that_no_text_may_hold(tmp_path, text, path, code):
    (tmp_path / "v.yaml").write_text(f"extends: baseline\n{text}\n", encoding="utf-8")
    with pytest.raises(ScenarioFaults, match=rf"v.yaml:2: {path}: holds {code}.*allowed: text without such characters"):
        loading.load(tmp_path / "v.yaml")


def test_the_same_from_the_command_line_and_a_program():
    for override in ("title.en=a\x1bb", "question=a\u202eb", 'title={en: "a\\eb"}', "source=a\x07"):
        with pytest.raises(ScenarioFaults, match=r"--set: .*holds U\+"):
            loading.load("baseline", [override])
    with pytest.raises(ScenarioFaults, match=r"title\.en: holds U\+001B"):
        loading.from_mapping({"extends": "baseline", "title": {"en": "a\x1b"}})


def test_a_title_is_one_line(tmp_path):
    found = faults('title: {en: "a\\nb"}', tmp_path)
    assert [(one.path, one.nearest) for one in found] == [("title.en", "a b")]
    (tmp_path / "v.yaml").write_text("extends: baseline\ntitle:\n  en: >\n    long\n    title\n", encoding="utf-8")
    assert loading.load(tmp_path / "v.yaml").title["en"] == "long title"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1, max_size=60))
def test_any_other_title_is_taken_as_it_is(title):
    if unfit(title) is None and not blank(title):
        assert loading.from_mapping({"extends": "baseline", "title": {"en": title}}).title["en"] == title


class Small(models.Strict):
    count: models.Whole
    line: models.Line
    share: float
    flag: bool
    word: str


@pytest.mark.parametrize(
    ("key", "written", "typed"),
    [
        ("count", "1.000", "1000 or 1"),
        ("count", "1 000", "1000"),
        ("count", "'3'", "3, without quotes"),
        ("count", "1_000", "1000"),
        ("count", "0x10", "16"),
        ("count", "15k", "15000"),
        ("share", "0b1", "1"),
        ("share", "2 år", "2"),
        ("share", "0,5", "0.5"),
        ("share", "30 %", "0.3"),
        ("flag", "ja", "true"),
        ("flag", "nej", "false"),
        ("line", '"a\\nb"', "a b"),
        ("line", '"a\\tb"', "a b"),
        ("word", "2030", '"2030"'),
        ("word", "true", '"true"'),
    ],
)
def test_files_that_are_models_get_the_same_care(key, written, typed):
    right = {"count": "3", "line": "a", "share": "0.5", "flag": "true", "word": "a"}
    lines = "\n".join(f"{name}: {value}" for name, value in (right | {key: written}).items())
    _, wrong, faults = models.validated(Small, yamlsafe.parse(lines, "s.yaml"), {}, {})
    assert wrong == {key}
    assert [(fault.path, fault.nearest) for fault in faults] == [(key, typed)]


def test_a_block_of_text_that_is_one_line_is_taken_without_its_end():
    text = "count: 1\nline: >\n  long\n  title\nshare: 1.0\nflag: true\nword: a\n"
    found, _, faults = models.validated(Small, yamlsafe.parse(text, "s.yaml"), {}, {})
    assert faults == [] and found.line == "long title"
