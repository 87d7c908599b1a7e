"""One layer of a scenario: what a single file, mapping or command line says, checked but not yet merged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from klyngesim.scenario.scalars import Scalar

T = TypeVar("T")

ADDED_UP = {
    "parameters": (("parameters",), "parameters of earlier layers stay"),
    "clusters": (("clusters",), "what earlier layers set for organisations stays"),
    "timeline": (
        ("timeline",),
        "entries of earlier layers stay; to undo one, set its parameters to what you want from its date on",
    ),
    "disabled": (("mechanisms", "disable"), "mechanisms that earlier layers switch off stay off"),
}
"""Parts of a layer that add to earlier layers' and take nothing back: path in a file, and what to know of it."""


@dataclass(frozen=True)
class Origin:
    """Where a setting was written; the fields are those of `Fault`."""

    file: str
    path: str
    line: int | None = None


@dataclass(frozen=True)
class Setting(Generic[T]):
    """A checked value and where it was written."""

    value: T
    origin: Origin


@dataclass(frozen=True)
class Entry:
    """One entry of a timeline: start and announced (None = not said) as periods, cluster None = the whole programme."""

    start: int
    announced: int | None
    cluster: str | None
    values: Mapping[str, Setting[Scalar]]
    origin: Origin


@dataclass
class Layer:
    """What one file says; absent keys are None or empty.

    command_line: the layer came from ``--set`` and describes the same scenario as the file below it; emptied: parts
    that add up (`ADDED_UP`) and are written down with nothing in them.
    """

    name: Setting[str]
    command_line: bool = False
    title: dict[str, str] = field(default_factory=dict)
    question: str | dict[str, str] | None = None
    source: tuple[str, ...] | None = None
    extends: tuple[Setting[str], ...] = ()
    start: Setting[int] | None = None
    end: Setting[int] | None = None
    scale: Setting[float] | None = None
    replicates: Setting[int] | None = None
    seed: Setting[int] | None = None
    parameters: dict[str, Setting[Scalar]] = field(default_factory=dict)
    clusters: dict[str, dict[str, Setting[Scalar]]] = field(default_factory=dict)
    disabled: dict[str, Origin] = field(default_factory=dict)
    timeline: list[Entry] = field(default_factory=list)
    emptied: dict[str, Origin] = field(default_factory=dict)
