"""Named tuples that loops read where they stand: compiled code gets one address in place of a copy of everything.

A loop that takes a plain named tuple has its type worked out and all its fields handed over anew at every call, and
hands a copy of them to every loop that it calls. What many loops read is therefore packed once. To a loop and to its
reader it looks the same: ``state.contacts`` is an array, ``terms.gain`` a number.

A packed tuple has a word of memory for a number and for the address of another packed tuple. An array has a *head*:
where its entries begin, its shape, and the steps between entries of all axes but the last. A `Growing` table keeps its
head up to date, so that compiled code sees the rows that are in use.
"""

from __future__ import annotations

import copy
import hashlib
import struct
from collections.abc import Iterator
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, models, register_model, unbox
from numpy.typing import NDArray

Fields = TypeVar("Fields", bound=tuple[Any, ...])

_WORD = ir.IntType(64)
_NUMBER, _BITS = struct.Struct("d"), struct.Struct("q")


class Growing:
    """A table whose rows in use become more or fewer.

    Attributes:
        rows: those in use.
        heads: of the packed tuples that it is in: where its rows begin, and how many there are; shape (2,) each.
    """

    rows: Any
    heads: list[NDArray[np.int64]]


class PackedType(types.Type):
    """Type of a packed named tuple of a class: its fields, their types, and the words at which they start."""

    def __init__(self, plain: Any, kinds: list[Any], starts: list[int]) -> None:
        self.fields = dict(zip(plain._fields, kinds, strict=True))
        self.starts = dict(zip(plain._fields, starts, strict=True))
        # Compiled functions are told apart by names of types, in all processes that share a cache.
        content = hashlib.sha256(repr([(field, str(kind)) for field, kind in self.fields.items()]).encode())
        super().__init__(name=f"{plain.__module__}.{plain.__qualname__}-{content.hexdigest()[:12]}")


class Packed:
    """A packed named tuple; in Python it has the fields of the plain one, and can be altered and copied like it.

    Attributes:
        plain: the named tuple, which holds what the words point to: arrays in one piece, other tuples packed.
        words: its memory; ``address``: where that begins.
        content: what tells the types of the fields from others.
    """

    __slots__ = ("_numba_type_", "address", "content", "plain", "words")

    def __init__(self, plain: Any) -> None:
        self.plain = plain._make(_to_hold(value) for value in plain)
        words: list[int] = []
        starts, self.content = [], []
        for value in self.plain:
            starts.append(len(words))
            head, content = _head(value)
            words += head
            self.content.append(content)
        self.words = np.array(words, dtype=np.int64)
        self.address = int(self.words.ctypes.data)
        for value, start in zip(self.plain, starts, strict=True):
            if isinstance(value, Growing):
                value.heads.append(self.words[start : start + 2])
        key = type(plain), *self.content
        if key not in _TYPES:
            _TYPES[key] = PackedType(type(plain), [_type(value) for value in self.plain], starts)
        self._numba_type_ = _TYPES[key]

    def __getattr__(self, name: str) -> Any:
        if name in self.__slots__:  # asked for before it is there
            raise AttributeError(name)
        value = getattr(self.plain, name)
        return value.rows if isinstance(value, Growing) else value

    def __iter__(self) -> Iterator[Any]:
        return iter(self.plain)

    def _replace(self, **values: Any) -> Packed:
        """Packs it with other values of some fields."""
        return Packed(self.plain._replace(**values))

    def __reduce__(self) -> tuple[Any, ...]:
        return Packed, (self.plain,)

    def __deepcopy__(self, memo: dict[int, Any]) -> Packed:
        return Packed(copy.deepcopy(self.plain, memo))


_AS_IT_IS = (float, int, Packed, Growing)

_TYPES: dict[Any, PackedType] = {}
"""Types of packed tuples by the class of the plain one and what tells the types of its fields; they stay for good."""


def pack(plain: Fields) -> Fields:
    """Packs a named tuple of numbers, arrays, `Growing` tables and named tuples; where loops are not compiled it stays.

    Numbers are those of now; what arrays hold may change, but one that is not in one piece is copied.
    """
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return type(plain)(*(value.rows if isinstance(value, Growing) else value for value in plain))
    return cast(Fields, Packed(plain))


def is_packed(value: Any) -> bool:
    """Whether a tuple is packed."""
    return isinstance(value, Packed)


def renewed(packed: Any, **values: Any) -> Any:
    """Puts other numbers, arrays and packed tuples of the same types into fields; a tuple that is not packed is new.

    Raises:
        TypeError: a value has another type, or is a `Growing` table, whose head would not be kept up to date.
    """
    if not isinstance(packed, Packed):
        return packed._replace(**values)
    for field, value in values.items():
        start, place = packed._numba_type_.starts[field], packed.plain._fields.index(field)
        new = _to_hold(value)
        head, content = _head(new)
        if content != packed.content[place] or isinstance(new, Growing):
            raise TypeError(f"{field} of a packed {type(packed.plain).__name__} cannot become {value!r}")
        packed.words[start : start + len(head)] = head
        packed.plain = packed.plain._replace(**{field: new})
    return packed


def _to_hold(value: Any) -> Any:
    """What stays as long as the packed tuple: numbers, other tuples, and arrays in one piece."""
    if isinstance(value, _AS_IT_IS):
        return value
    if isinstance(value, tuple):
        return Packed(value)
    return value.item() if isinstance(value, np.generic) else np.ascontiguousarray(value)


def _head(value: Any) -> tuple[list[int], Any]:
    """The words of a field, and what tells its type from others for less than working the type out."""
    if isinstance(value, float):
        return [_BITS.unpack(_NUMBER.pack(value))[0]], float
    if isinstance(value, int):
        return [int(value)], type(value)
    if isinstance(value, Packed):
        return [value.address], id(value._numba_type_)
    array = value.rows if isinstance(value, Growing) else value
    return [array.ctypes.data, *array.shape, *array.strides[:-1]], (array.dtype, array.ndim)


def _type(value: Any) -> Any:
    """Type of a field."""
    if isinstance(value, Packed | float | int):
        return numba.typeof(value)
    array = value.rows if isinstance(value, Growing) else value
    return numba.typeof(array).copy(layout="C", readonly=False)


@register_model(PackedType)
class _Model(models.OpaqueModel):
    """In compiled code a packed tuple is its address."""


@unbox(PackedType)
def _address(kind: PackedType, packed: Any, c: Any) -> NativeValue:
    """Takes the address from the Python object."""
    number = c.pyapi.object_getattr_string(packed, "address")
    address = c.pyapi.long_as_voidptr(number)
    c.pyapi.decref(number)
    return NativeValue(address)


@infer_getattr
class _Attributes(AttributeTemplate):
    """Types of attributes: those of the fields."""

    key = PackedType

    def generic_resolve(self, kind: PackedType, name: str) -> Any:  # type: ignore[override]
        """Type of a field, None where there is no such field."""
        return kind.fields.get(name)


@lower_getattr_generic(PackedType)
def _read(context: Any, builder: Any, kind: PackedType, packed: Any, name: str) -> Any:
    """Reads a field."""

    def word(place: int) -> Any:
        words = builder.bitcast(packed, _WORD.as_pointer())
        loaded = builder.load(builder.gep(words, [_WORD(kind.starts[name] + place)]))
        # While a loop runs nothing changes words, so one reading of them is enough.
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    field, first = kind.fields[name], word(0)
    if isinstance(field, types.Float):
        return builder.bitcast(first, ir.DoubleType())
    if isinstance(field, types.Boolean):
        return builder.icmp_unsigned("!=", first, _WORD(0))
    if isinstance(field, types.Integer):
        return first
    if isinstance(field, PackedType):
        return builder.inttoptr(first, cgutils.voidptr_t)
    array = cgutils.create_struct_proxy(field)(context, builder)
    size = _WORD(context.get_abi_sizeof(context.get_data_type(field.dtype)))
    shape = [word(1 + axis) for axis in range(field.ndim)]
    steps = [*(word(1 + field.ndim + axis) for axis in range(field.ndim - 1)), size]
    number = _WORD(1)
    for length in shape:
        number = builder.mul(number, length)
    # No owner: what is packed stays as long as the loop runs, so nobody counts who uses it.
    array.meminfo, array.parent = ir.Constant(cgutils.voidptr_t, None), ir.Constant(cgutils.voidptr_t, None)
    array.nitems, array.itemsize = number, size
    array.data = builder.inttoptr(first, array.data.type)
    array.shape, array.strides = cgutils.pack_array(builder, shape), cgutils.pack_array(builder, steps)
    return array._getvalue()
