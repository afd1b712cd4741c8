"""What can end a step, told apart by what torch says."""

from __future__ import annotations

_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
_DEVICE = ("cuda error", "device-side", "cudnn", "mps backend", "cublas", "device is lost", "nvml", "no cuda gpus")


def is_out_of_memory(reason: BaseException) -> bool:
    """Whether there was too little memory for a step.

    Example:
        >>> is_out_of_memory(RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"))
        True
    """
    return isinstance(reason, MemoryError) or (
        isinstance(reason, RuntimeError) and any(text in str(reason).lower() for text in _NO_MEMORY)
    )


def is_device_gone(reason: BaseException, device: str) -> bool:
    """Whether a graphics card failed or disappeared.

    Args:
        reason: What was raised.
        device: "cpu", "cuda", "mps": a processor does not disappear.
    Example:
        >>> is_device_gone(RuntimeError("CUDA error: unspecified launch failure"), "cuda")
        True
    """
    return device != "cpu" and isinstance(reason, RuntimeError) and any(text in str(reason).lower() for text in _DEVICE)
