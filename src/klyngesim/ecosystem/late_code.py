"""Loops come from the cache without what only the compiler needs of them; it is unpacked when the compiler asks.

With the machine code of a loop numba keeps its intermediate code, to compile other loops with it. Where every loop is
in the cache nobody asks for that, and unpacked it takes 45 MB of a process. This reaches into numba, which is why the
package takes no newer line of it than was tried.
"""

from __future__ import annotations

from typing import Any

from llvmlite.binding import parse_bitcode
from numba.core.codegen import JITCodeLibrary


class _Late:
    """Reads the intermediate code of a loop when another one is compiled with it."""

    def __init__(self, library: Any, code: bytes) -> None:
        self._library, self._code = library, code

    def __call__(self) -> Any:
        """The module to compile with."""
        library = self._library
        if library._shared_module is None:
            library._shared_module = parse_bitcode(self._code)
        return library._shared_module


def _read(codegen: Any, state: Any) -> Any:
    """`JITCodeLibrary._unserialize`, but that the intermediate code stays packed."""
    name, kind, content = state
    if kind != "object":
        return _READ_ALL(codegen, state)
    machine_code, intermediate_code = content
    library = codegen.create_library(name)
    library.enable_object_caching()
    library._set_compiled_object(machine_code)
    library._finalize_final_module()
    module = parse_bitcode(intermediate_code)
    codegen._engine._load_defined_symbols(module)
    module.close()
    library._get_module_for_linking = _Late(library, intermediate_code)
    return library


_READ_ALL: Any = JITCodeLibrary._unserialize


def read_late() -> None:
    """From now on loops are read so."""
    setattr(JITCodeLibrary, "_unserialize", staticmethod(_read))  # noqa: B010 (mypy would not have it)
