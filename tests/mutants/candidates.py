"""What can be planted: operators of Cosmic Ray, and one that puts a neighbouring name in the place of a name."""

from __future__ import annotations

import ast
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import parso
from cosmic_ray.ast import ast_nodes
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.plugins import get_operator, operator_names

from tests.mutants.areas import AREAS
from tests.mutants.faults import Fault, mutant

BINARY = re.compile(
    r"core/ReplaceBinaryOperator_((Add|Sub|Mul|Div|FloorDiv|Mod)_(Add|Sub|Mul|Div)|BitAnd_BitOr|BitOr_BitAnd)"
)
COMPARISON = re.compile(r"core/ReplaceComparisonOperator_(Eq|NotEq|Lt|LtE|Gt|GtE)_(Eq|NotEq|Lt|LtE|Gt|GtE)")
ORDER = re.compile(r"core/ReplaceComparisonOperator_(Eq|NotEq)_(Lt|LtE|Gt|GtE)")
OTHERS = (
    *(f"core/ReplaceUnaryOperator_{way}" for way in ("USub_UAdd", "Delete_Not", "Delete_Invert")),
    *(f"core/{name}" for name in ("AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceTrueWithFalse")),
    *(f"core/{name}" for name in ("ReplaceFalseWithTrue", "NumberReplacer", "ZeroIterationForLoop")),
)
Span = tuple[tuple[int, int], tuple[int, int]]
NAME = re.compile(r'"[a-z][a-z_0-9]*(\.[a-z_0-9*]+)?"')


class NeighbourName(Operator):
    """Puts the next name of the file in the place of a name: a measure is paid at the price of another.

    Args:
        names: names as they are spelt in the file, parameters and keys of tables.
    """

    def __init__(self, names: Sequence[str]) -> None:
        # Parameters (with a dot) change places with parameters, keys with keys.
        self._next = {
            name: kind[(place + 1) % len(kind)]
            for kind in (sorted(n for n in set(names) if ("." in n) is dotted) for dotted in (True, False))
            for place, name in enumerate(kind)
            if len(kind) > 1
        }

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        """Every name that has a neighbour."""
        if node.type == "string" and node.value in self._next:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """The neighbour in its place."""
        node.value = self._next[node.value]
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does."""
        return (Example('x = "a", "b"', 'x = "b", "b"', operator_args={"names": ['"a"', '"b"']}),)


@cache
def operators() -> dict[str, Operator]:
    """The operators of the library that are used, by name."""
    wanted = [name for name in operator_names() if BINARY.fullmatch(name) or COMPARISON.fullmatch(name)]
    return {name: get_operator(name)() for name in (*wanted, *OTHERS)}


def sample(root: Path, areas: Sequence[str], number: int, seed: int) -> list[Fault]:
    """Mutants drawn at random, as many of each area as of the others, each place at most once."""
    draw = random.Random(seed)
    found = []
    for place, area in enumerate(areas):
        codes = {path: (root / path).read_text(encoding="utf-8") for path in AREAS[area].sources(root)}
        spots = [(path, spot) for path, code in codes.items() for spot in positions(code)]
        share = number // len(areas) + (place < number % len(areas))
        for path, (_, ways) in draw.sample(spots, min(share, len(spots))):
            code = codes[path]
            operator, occurrence = draw.choice(ways)
            one = mutant(path, code, mutate_code(code, operator, occurrence))
            found.append(Fault(area, f"{one.before} -> {one.after}", (one,)))
    draw.shuffle(found)
    return found


def positions(code: str) -> list[tuple[tuple[int, int], list[tuple[Operator, int]]]]:
    """Places that can be changed, each with the ways in which it can: (operator, occurrence)."""
    tree, quiet, words = parso.parse(code), _quiet(code), _words(code)
    names = [node.value for node in ast_nodes(tree) if node.type == "string" and NAME.fullmatch(node.value)]
    ways = defaultdict(list)
    for title, operator in (*operators().items(), ("", NeighbourName(names))):
        left_out = quiet + (words if ORDER.fullmatch(title) else [])
        spots = (spot for node in ast_nodes(tree) for spot in operator.mutation_positions(node))
        for occurrence, (start, _) in enumerate(spots):
            if not any(first <= start < last for first, last in left_out):
                ways[start].append((operator, occurrence))
    return sorted(ways.items(), key=lambda item: item[0])


def _words(code: str) -> list[Span]:
    """Spans of comparisons with a word: two words are equal or not, and which comes first in the alphabet is chance."""
    compared = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Compare))
    return [_span(one) for one in compared if any(_is_word(side) for side in (one.left, *one.comparators))]


def _is_word(side: ast.expr) -> bool:
    return isinstance(side, ast.Constant) and isinstance(side.value, str)


def _span(node: ast.AST) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _quiet(code: str) -> list[Span]:
    """Spans that decide no result: annotations and what else only a type checker reads, asserts, and guards.

    A guard stops a fault that somebody may make one day, and today there is none: ``frozen`` of a class whose objects
    nobody changes, ``strict`` of sequences that are equally long.
    """
    spans = []
    for node in ast.walk(ast.parse(code)):
        quiet = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.Assert) or (isinstance(node, ast.keyword) and node.arg in ("frozen", "strict")):
            quiet.append(node)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            quiet.append(node)
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
            quiet.append(node)
        spans += [_span(one) for one in quiet if one is not None]
    return spans
