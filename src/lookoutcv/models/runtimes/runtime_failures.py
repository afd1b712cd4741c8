"""What went wrong with a model's runtime in its process, as an error that says what to do."""

from __future__ import annotations

import logging
import re

from lookoutcv.byte_sizes import byte_size
from lookoutcv.calls.option_names import option
from lookoutcv.errors import BrokenModel, ConfigError, InferenceFailed, LookoutError, RuntimeDied
from lookoutcv.processes.confined_process import NoProcessError, ProcessEndedError
from lookoutcv.processes.told_errors import RaisedElsewhereError

_log = logging.getLogger(__name__)

# As NumPy, onnxruntime, torch and the C++ library say that no memory is left.
_NO_MEMORY = re.compile(
    r"MemoryError|bad.?alloc|(?:failed|unable|not able) to allocate|allocate memory|not enough memory",
    re.I,
)


def lacks_memory(reason: Exception) -> bool:
    """Whether a runtime failed because it found no memory.

    Example:
        >>> lacks_memory(MemoryError()), lacks_memory(ValueError("std::bad_alloc")), lacks_memory(ValueError("a shape"))
        (True, True, False)
    """
    return isinstance(reason, MemoryError) or _NO_MEMORY.search(str(reason)) is not None


def without_memory(path: str, bound_bytes: int, *, opening: bool) -> LookoutError:
    """It wants more memory than its process may hold.

    Args:
        path: The model's file.
        bound_bytes: What it may hold.
        opening: It was being opened, else run.
    """
    bound = byte_size(bound_bytes)
    if opening:
        return BrokenModel(
            f"{path} cannot be opened: it wants more than the {bound} of memory that its process may hold",
            f"Ask where it is from, or end other programs. {_trust()}",
            model=path,
            reason=f"it wants more than {bound} of memory",
        )
    return InferenceFailed(
        f"{path} wants more than the {bound} of memory that its process may hold for such a batch",
        f"Export it for smaller pictures or fewer at once, end other programs, or ask where it is from. {_trust()}",
        model=path,
        reason=f"it wants more than {bound} of memory",
    )


def no_process(none: NoProcessError) -> ConfigError:
    """There can be no process for a model."""
    return ConfigError(
        f"no process can be started for the model ({none.why})",
        f"{none.remedy} Where you trust the model's file, {option('trust', True)} runs it in this process.",
        key="trust",
    )


def unopened(model: str, error: Exception) -> Exception:
    """An exception of a format that is none of ours, in words of ours."""
    if not isinstance(error, RaisedElsewhereError):
        return error
    why = f"{error.kind}: {error}"
    return BrokenModel(f"{model} cannot be opened ({why})", "Copy or export it again.", model=model, reason=why)


def unloaded(model: str, death: ProcessEndedError) -> BrokenModel:
    """Its process ended while the file was opened."""
    _log.debug("%s: its process wrote: %s", model, death.words)
    return BrokenModel(
        f"{model} cannot be loaded: the process of its runtime {death.how}",
        f"Export it again, or ask where it is from. {_trust()}",
        model=model,
        reason=death.how,
    )


def died(model: str, death: ProcessEndedError, shape: tuple[int, ...] | None = None) -> RuntimeDied:
    """Its process ended while it ran.

    Args:
        model: What messages call the model's file.
        death: How it ended.
        shape: Of the batch that it was given; None where that was answered already.
    """
    _log.debug("%s: its process wrote: %s", model, death.words)
    given = "" if shape is None else f" on a batch of shape {shape}"
    return RuntimeDied(
        f"{model}: the process of its runtime {death.how}{given}",
        f"Compare the input in its card with what it was trained on, or export it again. {_trust()}",
        model=model,
        reason=f"the model's process {death.how}",
    )


def another_file(model: str) -> BrokenModel:
    """What it says of itself changed while it was open."""
    return BrokenModel(
        f"{model} does not say the same of itself as when it was opened",
        "Open it again where it was replaced meanwhile; else ask where it is from.",
        model=model,
        reason="another file, or one that says what it likes",
    )


def given_up(model: str, deaths: int) -> InferenceFailed:
    """Its process died too often to be started once more."""
    return InferenceFailed(
        f"{model}: the process of its runtime died {deaths} times",
        f"Export it again, or leave out the images that were named. {_trust()}",
        model=model,
        reason="its process died too often",
    )


def _trust() -> str:
    return f"Where you made the model yourself, {option('trust', True)} runs it without bounds in this process."
