"""Environments of their own for other tools, whose pins clash with each other's and with ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_RUNNERS = Path(__file__).resolve().parent / "peers"
_INSTALL_SECONDS, _RUN_SECONDS = 1800, 3600


@dataclass(frozen=True)
class Peer:
    """Another tool.

    Args:
        name: As its makers write it.
        runner: The file of `harness/peers` that runs it.
        requirements: What to install, its own version pinned, with the versions that it needs but does not ask for.
    """

    name: str
    runner: str
    requirements: Sequence[str]


PEERS = (
    Peer("Evidently 0.7.23", "run_evidently.py", ["evidently==0.7.23", "pandas<3"]),
    Peer("NannyML 0.13.1", "run_nannyml.py", ["nannyml==0.13.1", "statsmodels"]),
    Peer("alibi-detect 0.13.0", "run_alibi_detect.py", ["alibi-detect==0.13.0"]),
    Peer("whylogs 1.6.4", "run_whylogs.py", ["whylogs[viz]==1.6.4", "pandas<3"]),
    Peer("CleanVision 0.3.7", "run_cleanvision.py", ["cleanvision==0.3.7"]),
)


class DoesNotRun(Exception):  # noqa: N818 - named for what is wrong, as in lookoutcv.errors
    """A tool that cannot be installed or run here; the text says why."""


def python_of(peer: Peer, folder: Path) -> Path:
    """The interpreter of the tool's environment below `folder`, made unless it is there.

    Raises:
        DoesNotRun: It does not install.
    """
    place = folder / peer.runner.removesuffix(".py")
    python, ready = place / "bin" / "python", place / "installed.txt"
    wanted = "\n".join(peer.requirements)
    if ready.exists() and ready.read_text() == wanted:
        return python
    _called([sys.executable, "-m", "venv", "--clear", str(place)], "does not install", _INSTALL_SECONDS)
    _called([str(python), "-m", "pip", "install", "--quiet", *peer.requirements], "does not install", _INSTALL_SECONDS)
    ready.write_text(wanted)
    return python


def answers(peer: Peer, python: Path, data: Path) -> dict[str, Any]:
    """What the tool's runner says of a folder.

    Raises:
        DoesNotRun: It fails or takes too long.
    """
    target = data.parent / f"{peer.runner}.json"
    _called([str(python), str(_RUNNERS / peer.runner), str(data), str(target)], "does not run", _RUN_SECONDS)
    found: dict[str, Any] = json.loads(target.read_text())
    return found


def _called(command: Sequence[str], failing: str, seconds: float) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DoesNotRun(f"{failing}: {error}") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip() and "WARNING" not in line]
        raise DoesNotRun(f"{failing}: {said[-1] if said else f'exit code {done.returncode}'}")
