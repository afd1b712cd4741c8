"""A task in a Python process of its own: what must not run beside the threads that serve, or after a fork."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from lookoutcv.errors import LookoutError

# A slow network gets this long.
_SECONDS = 120


def run(module: str, task: Mapping[str, Any]) -> Any:
    """Run a module as a program, with a task on its standard input and the answer on its standard output, as JSON.

    Standard input, since a task may hold keys: there nobody sees them.

    Args:
        module: Its dotted name.
        task: Plain values.
    Returns:
        What it wrote; None for nothing.
    Raises:
        LookoutError: It failed; the last line that it wrote on standard error says why.
        TimeoutExpired: It took two minutes.
    """
    done = subprocess.run(
        [sys.executable, "-m", module],
        input=json.dumps(task).encode(),
        capture_output=True,
        check=False,
        timeout=_SECONDS,
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise LookoutError(lines[-1][:500] if lines else f"{module} ended with code {done.returncode}")
    return json.loads(done.stdout) if done.stdout else None
