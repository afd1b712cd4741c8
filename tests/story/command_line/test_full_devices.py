"""Output that nobody takes is no error that should not happen."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

REPORT = Path(__file__).parents[2] / "golden" / "data" / "report-to-draw.json"
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


LOOKOUT = [sys.executable, "-m", "lookoutcv"]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of bright images, one of dark ones, and a baseline of the first."""
    here = tmp_path_factory.mktemp("days")
    rng = np.random.default_rng(5)
    for day, level in (("good", 150), ("dark", 20)):
        (here / day).mkdir()
        for number in range(60):
            pixels = np.clip(rng.normal(level, 12, (24, 32, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(here / day / f"{number}.png")
    made = subprocess.run([*LOOKOUT, "baseline", "good", "-o", "b.parquet"], cwd=here, capture_output=True, check=False)
    assert made.returncode == 0, made.stderr
    return here


def _read_one_line(command: list[str], folder: Path, *, both: bool = False) -> tuple[int, bytes, bytes]:
    """As `command | head -1` does, `command 2>&1 | head -1` where both: what was read, and the rest of the other."""
    errors = subprocess.STDOUT if both else subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=errors, bufsize=0) as process:
        assert process.stdout is not None
        line = b""
        while not line.endswith(b"\n") and (letter := process.stdout.read(1)):
            line += letter
        process.stdout.close()
        said = b"" if process.stderr is None else process.stderr.read()
        return process.wait(), line, said


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize(("day", "code"), [("dark", 3), ("good", 0)])
def test_the_verdict_is_told_to_a_script_that_reads_one_line(days: Path, day: str, code: int, form: list[str]) -> None:
    command = [*LOOKOUT, "monitor", day, "--baseline", "b.parquet", "--fail-on", "low", *form]
    ended, line, said = _read_one_line(command, days)
    assert line.strip()
    assert (ended, said) == (code, b"")


def _without_a_reader(command: list[str], folder: Path, *, errors: bool) -> int:
    """The code of a command whose output, or whose errors too, go to a pipe that is closed before it begins."""
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT if errors else None
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        return process.wait()


@pytest.mark.parametrize("errors", [False, True], ids=["output", "both"])
def test_the_verdict_is_told_where_nobody_reads_at_all(days: Path, tmp_path: Path, errors: bool) -> None:
    """A remark on standard error that nobody reads is no reason to look at no image."""
    (tmp_path / "lookout.yaml").write_text(
        f"monitor:\n  source: {days}/dark\n  baseline: {days}/b.parquet\n  html: report.html\n", encoding="utf-8"
    )
    assert (
        _without_a_reader(
            [*LOOKOUT, "monitor", "--config", "lookout.yaml", "--fail-on", "low"], tmp_path, errors=errors
        )
        == 3
    )
    assert (tmp_path / "report.html").is_file()


@pytest.mark.parametrize("errors", [False, True], ids=["output", "both"])
def test_what_is_wrong_is_told_where_nobody_reads(tmp_path: Path, errors: bool) -> None:
    (tmp_path / "lookout.yaml").write_text("monitor:\n  sauce: day\n", encoding="utf-8")
    assert _without_a_reader([*LOOKOUT, "config", "check", "lookout.yaml"], tmp_path, errors=errors) == 2
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and no more")
    words = ["log", "import", "a.parquet", "--directory", "logs", "--no-config"]
    assert _without_a_reader([*LOOKOUT, *words], tmp_path, errors=errors) == 1


def _writing(folder: Path) -> dict[str, list[str]]:
    """Verbs that write a file first and then say so."""
    Image.new("RGB", (8, 8)).save(folder / "a.png")
    (folder / "m.py").write_text("def classify(image):\n    return [0.1, 0.9]\n", encoding="utf-8")
    pq.write_table(pa.table({"timestamp": ["2026-01-02T03:04:05Z"], "pred_class": ["cat"]}), folder / "log.parquet")
    return {
        "init": ["init", "--yes", "."],
        "log import": ["log", "import", "log.parquet", "--model", "m", "--directory", "logs"],
        "card": ["card", "m.py:classify", "-o", "m.yaml"],
    }


@pytest.mark.parametrize("verb", ["init", "log import", "card"])
def test_verbs_that_write_a_file_and_say_so(tmp_path: Path, verb: str) -> None:
    command = [*LOOKOUT, *_writing(tmp_path)[verb]]
    assert _without_a_reader(command, tmp_path, errors=False) == 0
    if not Path("/dev/full").exists():
        return
    shutil.rmtree(tmp_path / "logs", ignore_errors=True)
    again = [*command, "--force"] if verb in ("init", "card") else command
    with open("/dev/full", "wb") as full:
        done = subprocess.run(again, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "lookout: the output cannot be written (No space left on device). Free some space, or write elsewhere."
    )
    assert "Traceback" not in done.stderr
