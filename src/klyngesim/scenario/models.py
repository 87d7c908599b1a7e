"""A file read into a pydantic model: all of its faults at once, in words, each with its line."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from klyngesim.scenario import periods
from klyngesim.scenario.characters import blank
from klyngesim.scenario.documents import Document, Path
from klyngesim.scenario.faults import Fault, join, nearest
from klyngesim.scenario.scalars import Plain, Thousands, show, tidy
from klyngesim.scenario.suggestions import ends_meant, kebab, quoted, suggested_number, truth_meant


class Strict(BaseModel):
    """Keys of a file: no others, finite numbers, and nothing taken for a number that is none (``"3"``, ``true``)."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


def _plain(value: object) -> object:
    if isinstance(value, Thousands):
        return show(value)  # refused: nobody knows which of the two it is
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_plain)]
"""A whole number, however it is written: ``1000`` and ``1e3``."""


def _on_one_line(text: str) -> str:
    line = text.rstrip("\n")  # the line break at the end of a block of YAML is no part of it
    if any(mark in line for mark in "\n\t"):
        raise PydanticCustomError("line", "text, on one line")
    return _seen(line)


def _seen(text: str) -> str:
    if blank(text):
        raise PydanticCustomError("blank", "words that can be seen, or no such key")
    return text


Line = Annotated[str, AfterValidator(_on_one_line)]
"""A line of text, such as a title."""

Text = Annotated[str, AfterValidator(lambda text: text and _seen(text))]
"""Text of any length, such as a question; it may be empty."""

Model = TypeVar("Model", bound=BaseModel)


def validated(
    model: type[Model], document: Document, usual: Mapping[str, Any], stand_ins: Mapping[str, Any]
) -> tuple[Model | None, frozenset[str], list[Fault]]:
    """The model of a file, with what is wrong left out of it, so that the rest can be looked at in the same go.

    Args:
        model: what the file is to be.
        document: the file.
        usual: values of keys that the file need not have.
        stand_ins: values in place of required keys that are missing or wrong.

    Returns:
        (the model, or None if the stand-ins are no help; paths that are wrong or missing and the outermost keys that
        they are in; everything wrong there).
    """
    data: dict[str, Any] = {**usual, **document.data}
    faults = list(document.faults)
    try:
        return model.model_validate(data), frozenset(), faults
    except ValidationError as error:
        found = _told(model, error, data)
    faults += _faults(model, document, found)
    keys = frozenset(str(path[0]) for path in found)
    wrong = keys | {join(*path) for path in found}
    whole = {key: value for key, value in data.items() if key not in keys}
    spare = {key: value for key, value in (*stand_ins.items(), *usual.items()) if key in keys}
    # Where so much is wrong inside a key that nothing is left of it, its stand-in takes its place.
    for mended in (_mended(data, found), {}):
        try:
            return model.model_validate({**spare, **whole, **mended}), wrong, faults
        except ValidationError:
            continue
    return None, wrong, faults


def _mended(data: Mapping[str, Any], wrong: Iterable[Path]) -> dict[str, Any]:
    """Keys that hold something wrong, with nothing in its place in a mapping and its text in a list: places stay."""
    entries: dict[str, set[str | int]] = {}
    for path in wrong:
        entries.setdefault(str(path[0]), set()).add(path[1] if len(path) > 1 else "")
    found: dict[str, Any] = {}
    for key, bad in entries.items():
        held = data.get(key)
        if isinstance(held, dict) and "" not in bad:
            found[key] = {name: None if name in bad else value for name, value in held.items()}
        elif isinstance(held, list) and "" not in bad:
            found[key] = [show(value) if place in bad else value for place, value in enumerate(held)]
    return found


_Told = Mapping[Path, tuple[str, str, str | None]]
"""What was found at each place, what is allowed there, and what was probably meant."""


def _faults(model: type[BaseModel], document: Document, told: _Told) -> list[Fault]:
    return [Fault(document.file, join(*path), *what) for path, what in told.items()]


def _told(model: type[BaseModel], error: ValidationError, data: Mapping[str, Any]) -> _Told:
    found: dict[Path, tuple[str, list[str], str | None]] = {}
    for item in error.errors():
        path = _walked(item, data)
        value = "missing" if item["type"] == "missing" else show(item["input"])
        allowed = _allowed(item)
        if item["type"] == "model_type" and {"low", "high"} <= set(keys := _keys_at(model, path)):
            allowed = f"a range {{low: ..., high: ...{', from: 2025Q1' if 'from' in keys else ''}}}"
        found.setdefault(path, (value, [], _meant(model, item, path)))[1].append(allowed)
    # Where several kinds are possible pydantic tells what is wrong with each; the one that reached deepest is meant.
    deepest = [path for path in found if not any(other != path and other[: len(path)] == path for other in found)]
    return {path: (found[path][0], " or ".join(dict.fromkeys(found[path][1])), found[path][2]) for path in deepest}


def _meant(model: type[BaseModel], item: Mapping[str, Any], path: Path) -> str | None:
    """The key, word or name that was probably meant."""
    if item["type"] == "extra_forbidden":
        return nearest(str(path[-1]), _keys_at(model, path[:-1]))
    if item["type"] == "literal_error":
        return nearest(str(item["input"]), re.findall("'([^']*)'", item["ctx"]["expected"]))
    value, kind = item["input"], str(item["type"]).partition("_")[0]
    if kind == "line":
        return " ".join(value.split())
    if path == ("name",) and item["type"] != "missing":
        return kebab(value) or None if isinstance(value, str) else quoted(value, kebab)
    if kind in ("int", "float"):
        return suggested_number(value, float.is_integer if kind == "int" else lambda _: True)
    if kind == "model":
        return _range_meant(value, _keys_at(model, path))
    if kind == "bool":
        truth = truth_meant(value)
        return None if truth is None else "true" if truth else "false"
    if path[-1] in _QUARTERS and (quarter := periods.meant(value)) is not None:
        return periods.label(quarter)
    return quoted(value) if item["type"] == "string_type" else None


_QUARTERS = ("from", "announced")
"""Keys whose value is a quarter."""


def _range_meant(value: Plain, keys: Iterable[str]) -> str | None:
    """A range that was given in one piece, as the mapping that it has to be."""
    ends = ends_meant(value)
    if ends is None or not {"low", "high"} <= set(keys):
        return None
    low, high = map(tidy, ends)
    return f"{{low: {low}, high: {high}{', from: 2025Q1' if 'from' in keys else ''}}}"


def _keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that may stand at a place of a model."""
    here: list[type[BaseModel]] = [model]
    for part in path:
        fields = [one.model_fields[str(part)].annotation for one in here if str(part) in one.model_fields]
        here = [inner for field in fields for inner in _models(field)] or here
    return [field.alias or name for one in here for name, field in one.model_fields.items()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "string": "text",
    "list": "a list",
    "dict": "a mapping",
    "model": "a mapping of keys",
    "bool": "true or false",
    "finite": "a number",
    "extra": "no key of this name",
    "missing": "a value: this key is needed",
}
"""What is allowed, by the first word of pydantic's type of an error; its own words for all others."""


def _allowed(item: Mapping[str, Any]) -> str:
    kind, _, about = str(item["type"]).partition("_")
    if kind in _KINDS and about in ("", "type", "parsing", "forbidden", "number", "from_float"):
        return _KINDS[kind]
    if about.endswith(("too_long", "too_short")) or kind == "too":
        most = item["type"].endswith("long")
        what = "characters" if kind == "string" else "entries"
        return f"at {'most' if most else 'least'} {item['ctx']['max_length' if most else 'min_length']} {what}"
    if "pattern" in about:
        return "small letters, digits and single hyphens, such as my-sweep"
    if item["type"] == "greater_than_equal":
        return f"{item['ctx']['ge']} or more"
    if item["type"] == "less_than_equal":
        return f"{item['ctx']['le']:,} or less"
    said = str(item["msg"]).removeprefix("Input should be ")
    return said[:1].lower() + said[1:]


def _walked(item: Mapping[str, Any], data: Any) -> Path:
    """Where an error is: keys and list places, without the parts that name pydantic's kinds."""
    path: list[str | int] = []
    for part in item["loc"]:
        if part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int):
            path.append(part)
            data = data[part]
    if item["type"] == "missing":
        path.append(item["loc"][-1])
    return tuple(path) or (item["loc"][0],)


def with_lines(document: Document, faults: Iterable[Fault]) -> list[Fault]:
    """The faults in order of lines, those of this document with that of their key or of the nearest key around it.

    What has no line comes after what has one, and other files come after this one.
    """
    lines = {join(*path): line for path, line in document.lines.items()}

    def line(path: str) -> int | None:
        around = [key for key in lines if path == key or path.startswith((f"{key}.", f"{key}["))]
        return lines[max(around, key=len)] if around else None

    placed = [
        replace(fault, line=line(fault.path)) if fault.file == document.file and fault.line is None else fault
        for fault in faults
    ]
    own = [fault for fault in placed if fault.file == document.file]
    others = [fault for fault in placed if fault.file != document.file]
    return [*sorted(own, key=lambda fault: math.inf if fault.line is None else fault.line), *others]
