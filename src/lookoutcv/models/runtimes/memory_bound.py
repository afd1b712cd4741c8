"""How much memory an honest model can want: it follows from its files, and from what it is given."""

from __future__ import annotations

import os

# Runtimes as they are imported hold 0.3 GB (torch 0.4), and a model of a few layers next to nothing.
_BASE_BYTES = 1 << 30
# Each thread of a runtime, of BLAS and of OpenMP has a stack of 8 MB that counts whether it is used or not.
_BYTES_A_PROCESSOR = 32 << 20
# Weights of 8 bits become floats (4), and are laid out once more for the processor (4).
_TIMES_ITS_FILES = 8
# What lies between the layers. A U-Net has 64 channels of each pixel where its input has 3, several of them at once,
# and a convolution that unfolds them holds 9 times that: some 400 times. Of the models tried, DeepLab takes most: 17.
_TIMES_ITS_INPUT = 512
_FLOAT_BYTES = 4


def needed_bytes(file_bytes: int, values: int = 0) -> int:
    """The memory that a model's process may want.

    Args:
        file_bytes: Of its files together.
        values: Numbers in the batch that it is given, whatever their dtype: layers make floats of them.
    Example:
        >>> needed_bytes(100_000_000) > 800_000_000
        True
    """
    base = _BASE_BYTES + _BYTES_A_PROCESSOR * (os.cpu_count() or 1)
    return base + _TIMES_ITS_FILES * file_bytes + _TIMES_ITS_INPUT * _FLOAT_BYTES * values
