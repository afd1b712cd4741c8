"""Output that nobody takes is no error that should not happen."""

import subprocess
import sys
from pathlib import Path

import pytest

REPORT = Path(__file__).parents[1] / "golden" / "data" / "report-to-draw.json"
# Each prints by another way: click itself, a table, lines, JSON.
VERBS = [["--help"], ["--version"], ["plugins"], ["plugins", "--json"], ["config", "schema"], ["show", str(REPORT)]]
COMMANDS = [[sys.executable, "-m", "lookoutcv", *words] for words in VERBS]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[3:5]))
def test_a_full_device_is_said(command: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "lookout: the output cannot be written (No space left on device). Free some space, or write elsewhere."
    ]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[3:5]))
def test_a_closed_pipe_is_no_error(command: list[str]) -> None:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 0
