"""Text of which nothing can be seen is none, and a language that there is not is told as one."""

import pytest

from klyngesim.scenario import loading
from klyngesim.scenario.faults import ScenarioFaults

BLANK = ["\u200b", " \t ", "\u2060\ufeff", "\u3164", "\u2800", "\u00ad \u180e", "\ufe0f"]


@pytest.mark.parametrize("text", BLANK, ids=ascii)
@pytest.mark.parametrize("key", ["title.en", "title.da", "question", "question.en"])
def test_text_of_which_nothing_can_be_seen_is_refused(key, text):
    outer, _, language = key.partition(".")
    with pytest.raises(ScenarioFaults) as caught:
        loading.from_mapping({"extends": "baseline", outer: {language: text} if language else text})
    (found,) = caught.value.faults
    assert found.path == key and "nothing of it can be seen: type words" in str(found)


def test_an_empty_question_is_none_and_joined_signs_are_seen():
    assert loading.from_mapping({"extends": "baseline", "question": ""}).question == ""
    family = "\U0001f469\u200d\U0001f467"
    assert loading.from_mapping({"extends": "baseline", "title": {"en": family}}).title["en"] == family


@pytest.mark.parametrize("path", ["title.sv", "title.dk", "question.no"])
def test_a_language_that_there_is_not_is_told_as_one(path):
    with pytest.raises(ScenarioFaults) as caught:
        loading.load("baseline", [f"{path}=Avgifter"])
    (found,) = caught.value.faults
    key = path.partition(".")[0]
    assert (found.value, found.allowed) == ("not a language", f"{key}.en, {key}.da")
