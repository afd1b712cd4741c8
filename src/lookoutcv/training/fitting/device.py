"""Where a network learns: on the processor or on a graphics card."""

from __future__ import annotations

import os
import sys
from typing import Any, Literal

from lookoutcv.calls.option_names import option
from lookoutcv.errors import TrainingError
from lookoutcv.extras import need

Device = Literal["auto", "cpu", "cuda", "mps"]


def find_device(wanted: Device = "auto") -> Any:
    """The `torch.device` to learn on.

    Args:
        wanted: "auto" takes a graphics card where torch sees one.
    Raises:
        MissingExtra: torch is not installed.
        TrainingError: torch sees no such device.
    Example:
        >>> str(find_device("cpu"))
        'cpu'
    """
    _let_waiting_threads_sleep()
    torch = need("torch", "train")
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return torch.device(next(name for name, found in there.items() if found))
    if not there[wanted]:
        raise TrainingError(
            f"torch {torch.__version__} sees no device {wanted!r} here",
            f"Use {option('device', 'cpu')}, or install the torch that is made for it.",
            key="device",
        )
    return torch.device(wanted)


def _let_waiting_threads_sleep() -> None:
    """Let torch's threads sleep where one waits for the others, unless somebody decided otherwise.

    They go round in circles else. Beside one other busy program on two processors an epoch of ResNet18 took four times
    as long: whoever waits keeps the one that is waited for from its processor. It is read once, as torch is loaded.
    """
    if "torch" not in sys.modules:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def device_text(device: Any, threads: int) -> str:
    """What a person calls a device.

    Args:
        device: Of torch.
        threads: Of the processor that are used.
    Example:
        >>> device_text(find_device("cpu"), 1)
        'cpu, 1 thread'
    """
    torch = need("torch", "train")
    if device.type == "cuda":
        return f"cuda:{device.index or 0} ({torch.cuda.get_device_name(device)})"
    return f"{device.type}, {threads} thread{'' if threads == 1 else 's'}"
