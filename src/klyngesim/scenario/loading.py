"""Finding scenario files, following ``extends`` to the roots, and putting everything together.

`read_template` reads a path or the name of a shipped scenario, once for all scenarios that are made from it; `load` is
the short form for one, and `from_mapping` takes the same content from a program. All raise `ScenarioFaults` with
everything that is wrong, in every file of the inheritance.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from klyngesim.scenario.checks import read_layer
from klyngesim.scenario.documents import Document, from_python
from klyngesim.scenario.faults import Collector, ScenarioFaults, nearest
from klyngesim.scenario.joining import Join, clashes, joined
from klyngesim.scenario.layers import Layer, Setting
from klyngesim.scenario.merging import merge
from klyngesim.scenario.parameters import Registry
from klyngesim.scenario.parameters import registry as packaged_registry
from klyngesim.scenario.scalars import show
from klyngesim.scenario.schema import Scenario
from klyngesim.scenario.suggestions import kebab
from klyngesim.scenario.template import Template, override_layers
from klyngesim.scenario.yamlsafe import read

SUFFIXES = (".yaml", ".yml")
"""How the names of scenario files end."""


def shipped_folder() -> Path | None:
    """The folder of the shipped scenarios, or None when the package came without them.

    An installed wheel carries them as klyngesim/scenarios; a checkout has them beside its src folder.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "scenarios", package.parents[1] / "scenarios"):
        if (folder / "baseline.yaml").is_file():
            return folder
    return None


def shipped() -> tuple[str, ...]:
    """Names of the shipped scenarios, sorted; sweep files are not among them."""
    folder = shipped_folder()
    return () if folder is None else tuple(sorted(path.stem for path in _files(folder)))


def read_template(
    path_or_name: str | os.PathLike[str],
    settings: Sequence[str] = (),
    *,
    registry: Registry | None = None,
    documents: dict[Path, Document] | None = None,
) -> Template:
    """A scenario with everything that it extends, read once, and ``settings`` (``PATH=VALUE``) that hold whatever else.

    A text without a folder and without .yaml or .yml is a name; a shipped scenario of that name comes before a
    file of the working folder. ``registry`` replaces the packaged parameters; ``documents`` are files that were read
    for others, by path, and are not read again: what is read now is added. Raises ScenarioFaults with every fault of
    every file involved.
    """
    chain = _Chain(registry, {} if documents is None else documents)
    chain.open(os.fspath(path_or_name))
    return chain.template(settings)


def load(
    path_or_name: str | os.PathLike[str], overrides: Sequence[str] = (), *, registry: Registry | None = None
) -> Scenario:
    """The scenario in a file or with a shipped name, with ``overrides`` (``PATH=VALUE``) applied last.

    As `read_template` reads it, for one scenario.
    """
    return read_template(path_or_name, overrides, registry=registry).scenario


def from_mapping(
    data: Mapping[str, object],
    name: str = "scenario",
    overrides: Sequence[str] = (),
    *,
    registry: Registry | None = None,
) -> Scenario:
    """The scenario described by a mapping with the keys of a scenario file, checked like a file.

    ``name`` is used when the mapping has none. A relative path in ``extends`` starts from the working folder.
    Raises ScenarioFaults.
    """
    return mapping_template(data, name, overrides, registry=registry).scenario


def mapping_template(
    data: Mapping[str, object],
    name: str = "scenario",
    settings: Sequence[str] = (),
    *,
    registry: Registry | None = None,
) -> Template:
    """What `from_mapping` reads, with ``settings`` on top, for all scenarios that are made from it."""
    chain = _Chain(registry, {})
    chain.start(from_python(data, name), Path(), name)
    return chain.template(settings)


class _Chain:
    """The layers from a scenario up to the roots of its inheritance."""

    def __init__(self, registry: Registry | None, documents: dict[Path, Document]) -> None:
        self._documents = documents
        self._given = registry
        self._registry = packaged_registry() if registry is None else registry
        self._collector = Collector()
        self._layers: list[Layer] = []  # roots first; none where a parent could not be read
        self._inputs: dict[int, tuple[str, str]] = {}  # by the identity of the layer
        self._joins: list[Join] = []
        self._made: dict[Path, Layer] = {}
        self._lines: dict[Path, list[Layer] | None] = {}

    def open(self, text: str) -> None:
        """Read the scenario that the user named, and everything it extends."""
        path = _find(text, Path())
        if path is None:
            found, allowed, near = _missing(text, Path())
            self._collector.add(text or repr(text), "", found, allowed, near)
        else:
            self._layers = self._line(path, ()) or []

    def start(self, document: Document, folder: Path, name: str) -> None:
        """Take a document that no file holds, and everything it extends; relative paths start from ``folder``."""
        layer = read_layer(document, self._registry, self._collector, name)
        self._layers = self._climb(layer, folder, ()) or []

    def _line(self, path: Path, above: tuple[Path, ...]) -> list[Layer] | None:
        """The layers of a file, roots first; None where one of them could not be read. ``above``: what extends it."""
        place = path.resolve()
        if place not in self._lines:
            layer = self._layer(path)
            self._lines[place] = None if layer is None else self._climb(layer, path.parent, (*above, place))
        return self._lines[place]

    def _climb(self, layer: Layer, folder: Path, above: tuple[Path, ...]) -> list[Layer] | None:
        """The layers up to a given one, its parents' before it."""
        found = [layer]
        while len(found[0].extends) == 1:  # no recursion here: a line of parents may be as long as it likes
            path = self._parent(found[0].extends[0], folder, above)
            parent = None if path is None else self._layer(path)
            if path is None or parent is None:
                return None
            found.insert(0, parent)
            folder, above = path.parent, (*above, path.resolve())
        if not found[0].extends:
            return found
        paths = [self._parent(named, folder, above) for named in found[0].extends]
        sides = [None if path is None else self._line(path, above) for path in paths]
        whole = tuple(tuple(side) for side in sides if side is not None)
        if len(whole) < len(sides):
            return None
        self._joins.append(Join(whole, (found[0],), replace(found[0].extends[0].origin, path="extends")))
        return [*joined(whole), *found]

    def _parent(self, named: Setting[str], folder: Path, above: tuple[Path, ...]) -> Path | None:
        """The file of a parent, None after noting that there is none or that it leads back."""
        text, at = named.value, named.origin
        path = _find(text, folder)
        if path is None:
            found, allowed, near = _missing(text, folder)
            self._collector.add(at.file, at.path, f"{show(text)}, {found}", allowed, near, at.line)
        elif path.resolve() in above:
            found = f"{show(text)} leads back to {_shown(path)}"
            self._collector.add(at.file, at.path, found, "a scenario that does not extend this one", None, at.line)
            return None
        return path

    def template(self, settings: Sequence[str]) -> Template:
        """What was read, with the settings on top; raises ScenarioFaults."""
        on_top = override_layers(self._layers, settings, {}, self._registry, self._collector)
        if not self._layers:
            # What follows from a parent that could not be read is no fault of its own.
            raise ScenarioFaults(self._collector.faults)
        if not self._collector.faults:
            for join in self._joins:
                top = (*join.top, *(on_top if join.top[-1] is self._layers[-1] else ()))
                self._collector.extend(clashes(replace(join, top=top), self._registry))
        inputs = [self._inputs[id(layer)] for layer in self._layers if id(layer) in self._inputs]
        scenario = merge([*self._layers, *on_top], inputs, self._registry, self._collector)
        return Template(scenario, tuple(self._layers), tuple(settings), self._given)

    def _layer(self, path: Path) -> Layer | None:
        """What a file says, read and checked once; None where it cannot be read."""
        place = path.resolve()
        if place not in self._made:
            try:
                document = self._documents.get(place) or read(path, _shown(path))
            except ScenarioFaults as refused:
                self._collector.extend(refused.faults)
                return None
            self._documents[place] = document
            self._made[place] = read_layer(document, self._registry, self._collector, name_from(path))
            self._inputs[id(self._made[place])] = (path.name, document.sha256)
        return self._made[place]


def _is_name(text: str) -> bool:
    return not text.endswith(SUFFIXES) and "/" not in text and os.sep not in text


def _find(text: str, folder: Path) -> Path | None:
    """The existing file that a name or a path means, seen from ``folder``; None when there is none."""
    tried = [folder / text]
    if _is_name(text):
        home = shipped_folder()
        named = [place / f"{text}{suffix}" for place in (home, folder) if place for suffix in SUFFIXES]
        tried = [*named, *tried]
    return next((path for path in tried if _exists(path)), None)


def _missing(text: str, folder: Path) -> tuple[str, str, str | None]:
    """Words for a scenario that was not found: what is wrong, what is allowed, and the nearest that exists."""
    names = shipped()
    slashed = text.replace("\\", "/")
    if slashed != text and _find(slashed, folder) is not None:
        return "no such file; folders are parted by /", "an existing scenario file", slashed
    if _is_name(text):
        known = [*names, *(path.stem for path in _files(folder))]
        return (
            "no such scenario",
            f"a file, or one of {', '.join(names)}" if names else "a file",
            nearest(text, known),
        )
    parent = (folder / text).parent
    beside = {path.name: str(Path(text).parent / path.name) for path in _files(parent)}
    near = nearest(Path(text).name, beside)
    name = Path(text).stem if Path(text).suffix in SUFFIXES else ""
    return "no such file", "an existing scenario file", name if name in names else beside[near] if near else None


def _files(folder: Path) -> list[Path]:
    """The YAML files of a folder; none for a folder that cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    except (OSError, ValueError):
        return []


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError as error:
        # A file that exists but may not be looked at is reported when it is read; an impossible name is not there.
        return isinstance(error, PermissionError)
    return True


def _shown(path: Path) -> str:
    """A path for messages: seen from the working folder when it lies inside."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (OSError, ValueError):
        return str(path)


def name_from(path: Path) -> str:
    """The name of a scenario whose file gives none: the file's name as kebab-case."""
    return kebab(path.stem) or "scenario"
