"""What ends a command: wrong input, or work that could not be done. The text says why, and what to do instead.

Everything else that is raised is a fault of the package.
"""

FAILED = 1
"""Exit code of a command whose work, or a part of it, could not be done."""

REFUSED = 2
"""Exit code of a command whose input is wrong."""


class InputError(ValueError):
    """What a user wrote, typed or pointed to is wrong; nothing was begun with it."""


class OutputRefused(InputError):
    """The output directory cannot be used."""


class StoreRefused(InputError):
    """A directory cannot be used as a store."""


class StoreCorrupt(StoreRefused):
    """A file of a store is damaged; the text names it and what removing it would cost."""


class ExecutorRefused(InputError):
    """Runs cannot be made in this way, or no longer. Finished ones are kept."""


class WorkError(RuntimeError):
    """Something went wrong on the way."""


class OutputFailed(WorkError):
    """Writing failed on the way (a full disk); nothing that looks finished is left."""


class StoreFailed(WorkError):
    """A store cannot be written any more (a full disk); what is finished is kept."""


class ProcessDied(WorkError):
    """A run whose process has died at every attempt."""

    def __init__(self) -> None:
        """Says so."""
        super().__init__("the process of this run ended without a word every time: killed, or out of memory")
