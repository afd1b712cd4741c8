"""Models that attack whoever runs them: files of real formats, and programs in the place of a runtime taken over."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import socket
import struct
import subprocess
import sys
import textwrap
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.errors import BrokenModel, InferenceFailed, RuntimeDied, UntrustedModel
from lookoutcv.models import open_model
from lookoutcv.models.runtimes import confined_runtime
from lookoutcv.models.runtimes.confined_runtime import ConfinedRuntime
from lookoutcv.models.tensor_model import TensorModel
from lookoutcv.processes.kernel.landlock import landlock_version
from lookoutcv.processes.shared_tensors import SharedRoom
from model_programs import CARD, HONEST, Programs
from tiny_models import (
    BLUE,
    GREEN,
    RED,
    onnx_classifier,
    onnx_endless,
    onnx_weights_elsewhere,
    picture,
    torchscript_program,
)
from tiny_packages import colour_pictures

ON_COLOURS = {"labels": ["r", "g", "b"], "input": {"size": [4, 4]}, "head": "logits"}
WHITE, BLACK = picture((255, 255, 255)), picture((0, 0, 0))
confined = pytest.mark.skipif(not landlock_version(), reason="this kernel does not offer Landlock")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    return Programs(tmp_path, monkeypatch)


def runtime_of(model: object) -> ConfinedRuntime:
    assert isinstance(model, TensorModel)
    assert isinstance(model._runtime, ConfinedRuntime)
    return model._runtime


def process_of(model: object) -> int:
    process = runtime_of(model)._process
    assert process is not None
    return process.pid


def seconds_worked(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def is_gone(pid: int) -> bool:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


# TorchScript.


@pytest.mark.parametrize(
    ("lines", "operator"),
    [
        (("torch.save(x, 'FILE')", "return x.mean(dim=[2, 3])"), "aten::save"),
        (("torch.ops.aten.save(x, 'FILE')", "return x.mean(dim=[2, 3])"), "aten::save"),
        (
            ("return torch.from_file('FILE', size=3, dtype=torch.uint8).float().expand(x.size(0), 3)",),
            "aten::from_file",
        ),
    ],
)
def test_operators_of_files_are_refused_by_name(lines: tuple[str, ...], operator: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("secret")
    path = torchscript_program(tmp_path / "net.pt", *(line.replace("FILE", str(kept)) for line in lines))
    with pytest.raises(UntrustedModel, match=rf"calls {operator}, which reads or writes files.*trust=True") as caught:
        open_model(path, ON_COLOURS)
    assert caught.value.fields["reason"] == operator
    assert kept.read_text() == "secret"


@pytest.mark.parametrize("verb", ["predict net.pt photos", "measure photos --model net.pt --workers 2 --no-cache"])
def test_on_a_command_line_the_way_out_is_named_as_it_is_typed(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever process finds out."""
    monkeypatch.chdir(tmp_path)
    colour_pictures(tmp_path / "photos", each=3)
    torchscript_program(tmp_path / "net.pt", "torch.save(x, 'kept')", "return x.mean(dim=[2, 3])")
    assert main(verb.split()) == 1
    assert "or use --trust." in " ".join(capsys.readouterr().err.split())


def test_an_operator_in_the_second_of_two_entries_of_one_name(tmp_path: Path) -> None:
    path = torchscript_program(tmp_path / "net.pt", "return x.mean(dim=[2, 3])")
    with zipfile.ZipFile(path) as archive:
        name = next(one for one in archive.namelist() if one.endswith(".py"))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(name, "def forward(self, x):\n  _ = torch.save # a comment (\n (x, 'a')\n")
    with pytest.raises(UntrustedModel, match="aten::save"):
        open_model(path, ON_COLOURS)


def zip_parts(entries: list[tuple[str, bytes]]) -> tuple[bytes, bytearray]:
    """What a ZIP holds, and its directory."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content)
    size, start = struct.unpack("<LL", written.getvalue()[-10:-2])
    return written.getvalue()[:start], bytearray(written.getvalue()[start : start + size])


def zip_end(count: int, size: int, start: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, start, 0)


def in_capitals(evil: list[tuple[str, bytes]], good: list[tuple[str, bytes]]) -> bytes:
    """Torch's reader asks for names in capitals or not."""
    entries = [(name.replace("/code/", "/CODE/").replace(".py", ".PY"), content) for name, content in evil]
    entries.append(("net/code/seen.txt", b""))
    held, directory = zip_parts(entries)
    return held + directory + zip_end(len(entries), len(directory), len(held))


def with_two_directories(evil: list[tuple[str, bytes]], good: list[tuple[str, bytes]]) -> bytes:
    """`zipfile` takes the directory before the end, torch's reader the one at the place that is told."""
    size = 80 + max(len(zip_parts(entries)[1]) for entries in (evil, good))
    parts = []
    for entries in (evil, good):
        filled = "f" * (size - len(zip_parts(entries)[1]) - 46)
        parts.append(zip_parts([*entries, (filled, b"")]))
    (evil_held, evil_directory), (held, directory) = parts
    at = 0
    while at < size:
        lengths = struct.unpack_from("<3H", directory, at + 28)
        (place,) = struct.unpack_from("<L", directory, at + 42)
        struct.pack_into("<L", directory, at + 42, place + len(evil_held) - len(held))
        at += 46 + sum(lengths)
    return evil_held + evil_directory + held + directory + zip_end(len(evil) + 1, size, len(evil_held))


def under_two_names(evil: list[tuple[str, bytes]], good: list[tuple[str, bytes]]) -> bytes:
    """`zipfile` reads nothing that has another name where it lies, torch's reader does."""
    held, directory = zip_parts(evil)
    name = next(name for name, _ in evil if name.endswith(".py")).encode()
    return held.replace(name, b"x" * len(name), 1) + directory + zip_end(len(evil), len(directory), len(held))


@pytest.mark.filterwarnings("ignore:.*torch.jit.load:DeprecationWarning")
@pytest.mark.parametrize("crafted", [in_capitals, with_two_directories, under_two_names])
def test_code_that_two_readers_see_otherwise_is_refused(
    crafted: Callable[[list[tuple[str, bytes]], list[tuple[str, bytes]]], bytes], tmp_path: Path
) -> None:
    import torch

    kept, path = tmp_path / "kept", tmp_path / "crafted.pt"
    kept.write_text("secret")
    both = []
    for lines in ((f"torch.save(x, '{kept}')",), ()):
        with zipfile.ZipFile(torchscript_program(tmp_path / "net.pt", *lines, "return x.mean(dim=[2, 3])")) as archive:
            both.append([(entry.filename, archive.read(entry)) for entry in archive.infolist()])
    path.write_bytes(crafted(*both))
    with pytest.raises((UntrustedModel, BrokenModel), match=r"calls aten::save|the code in .* cannot be read"):
        open_model(path, ON_COLOURS)
    # What would happen: else this is no attack.
    torch.jit.load(str(path))(torch.zeros(1, 3, 4, 4))
    assert kept.read_bytes()[:2] == b"PK"


@confined
@pytest.mark.parametrize(
    "lines",
    [
        ("torch.save(x, 'FILE')", "return x.mean(dim=[2, 3])"),
        ("return torch.from_file('FILE', size=3, dtype=torch.uint8).float().expand(x.size(0), 3)",),
    ],
)
def test_where_the_scan_sees_nothing_the_kernel_refuses(
    lines: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    kept.write_text("secret")
    path = torchscript_program(tmp_path / "net.pt", *(line.replace("FILE", str(kept)) for line in lines))
    monkeypatch.setattr("lookoutcv.models.formats.torchscript.foreign_operators", lambda path: [])
    try:
        said = open_model(path, ON_COLOURS).predict([RED])
    except InferenceFailed:
        said = []
    assert kept.read_text() == "secret"
    assert not any((one.scores * 255).round().astype(int).tolist() == list(b"sec") for one in said)


def test_a_crash_of_native_code_is_an_error(tmp_path: Path) -> None:
    path = torchscript_program(
        tmp_path / "net.pt",
        "y = torch.ops.aten._sparse_coo_tensor_unsafe(torch.tensor([[1099511627776]]), torch.ones([1]), [4])",
        "return x.mean(dim=[2, 3]) + y.to_dense().sum()",
    )
    with pytest.raises(RuntimeDied, match=r"was ended by SIGSEGV.*trust=True"):
        open_model(path, ON_COLOURS)


# ONNX.


def test_a_loop_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined_runtime, "_FIRST_SECONDS", 1.0)
    with pytest.raises(RuntimeDied, match="did not answer within 1 s and was ended"):
        open_model(onnx_endless(tmp_path / "net.onnx"), ON_COLOURS)


@pytest.mark.parametrize("location", ["../kept.bin", "/etc/passwd", ".netrc", "a/../../kept.bin", "link.bin"])
def test_weights_that_are_not_its_own_are_refused(location: str, tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    for name in ("kept.bin", "net/.netrc"):
        (tmp_path / name).write_bytes(bytes(36))
    (tmp_path / "net" / "link.bin").symlink_to(tmp_path / "kept.bin")
    path = onnx_weights_elsewhere(tmp_path / "net" / "net.onnx", location)
    with pytest.raises(UntrustedModel, match=r"weights from a file that is not its own.*beside it"):
        open_model(path, ON_COLOURS)


def test_weights_of_its_own_are_read(tmp_path: Path) -> None:
    path = onnx_weights_elsewhere(tmp_path / "net.onnx", "weights/net.data")
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "net.data").write_bytes((8 * np.eye(3, dtype=np.float32)).tobytes())
    said = open_model(path, ON_COLOURS).predict([BLUE, RED, GREEN])
    inside = open_model(onnx_classifier(tmp_path / "inside.onnx"), ON_COLOURS).predict([BLUE, RED, GREEN])
    assert [one.label for one in said] == ["b", "r", "g"]
    np.testing.assert_array_equal([one.scores for one in said], [one.scores for one in inside])


# What a runtime that was taken over can do.

ATTEMPTS = """
import json, os, socket, subprocess, numpy as np
from pathlib import Path
GIVEN = json.loads({given!r})
SECRET, OTHER, PORT, PARENT = GIVEN["secret"], GIVEN["other"], GIVEN["port"], GIVEN["parent"]

def reads(): return Path(SECRET).read_text() == "secret"
def reads_through_its_own_root(): return Path("/proc/self/root" + SECRET).read_text() == "secret"
def lists(): return "secret.txt" in os.listdir(os.path.dirname(SECRET))
def writes(): open(OTHER + ".new", "w").write("x"); return True
def appends(): open(SECRET, "a").write("x"); return True
def truncates(): os.truncate(SECRET, 0); return True
def writes_where_it_is(): open("new", "w").write("x"); return True
def makes_a_folder(): os.mkdir(OTHER + ".folder"); return True
def removes(): os.remove(OTHER); return True
def renames(): os.rename(OTHER, OTHER + ".gone"); return True
def links(): os.symlink(SECRET, OTHER + ".link"); return True
def changes_rights(): os.chmod(SECRET, 0o777); return True
def changes_times(): os.utime(SECRET, (1, 1)); return True
def connects(): socket.create_connection(("127.0.0.1", PORT), 1).close(); return True
def listens(): socket.create_server(("127.0.0.1", 0)).close(); return True
def starts_a_program(): return subprocess.run(["/bin/true"]).returncode == 0
def becomes_two():
    if os.fork() == 0: os._exit(0)
    return True
def signals_its_parent(): os.kill(PARENT, 0); return True
def reads_its_parents_environment(): return bool(open(f"/proc/{{PARENT}}/environ", "rb").read())
def sees_the_environment(): return "A_KEY" in os.environ
def grows_the_memory_both_see():
    files = [int(n) for n in os.listdir("/proc/self/fd")]
    for file in files:
        try:
            if "memfd:lookoutcv" in os.readlink(f"/proc/self/fd/{{file}}"): os.ftruncate(file, 1); return True
        except OSError as error:
            if error.errno == 1: return False
    return False
def attempt(one):
    try: return bool(one())
    except Exception: return False
def run(batch):
    results = [float(attempt(globals()[name])) for name in GIVEN["names"]]
    return [np.float32([results] * len(batch))]
"""
NAMES = [line.split()[1].partition("(")[0] for line in ATTEMPTS.splitlines() if line.startswith("def ")][:-2]
# Done in this process, these do no harm: that they succeed there shows that they are attempts.
HARMLESS = ["reads", "lists", "connects", "listens", "starts_a_program", "sees_the_environment"]


@dataclass
class Attempts:
    """Attempts that are made by a program, on files in a folder."""

    folder: Path
    programs: Programs

    def succeed(self, names: list[str], *, trust: bool = False) -> list[str]:
        """Which of them succeed."""
        secret, other = self.folder / "secret.txt", self.folder / "other"
        secret.write_text("secret")
        other.write_text("other")
        with socket.create_server(("127.0.0.1", 0)) as server:
            given = {"secret": str(secret), "other": str(other), "names": names, "parent": os.getpid()}
            text = json.dumps({**given, "port": server.getsockname()[1]})
            path = self.programs.write(ATTEMPTS.format(given=text))
            card = {**CARD, "labels": names, "head": "multi_label"}
            scores = open_model(path, card, trust=trust).predict([WHITE])[0].scores
        return [name for name, score in zip(names, scores, strict=True) if score]

    @property
    def state(self) -> list[tuple[str, int, bytes]]:
        """What is in the folder."""
        files = sorted(self.folder.iterdir())
        return [(file.name, file.stat().st_mode, file.read_bytes()) for file in files]


@pytest.fixture
def attempts(programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attempts:
    monkeypatch.setenv("A_KEY", "of mine")
    (tmp_path / "home").mkdir()
    return Attempts(tmp_path / "home", programs)


@confined
def test_what_a_runtime_that_was_taken_over_can_do(attempts: Attempts) -> None:
    assert attempts.succeed(NAMES) == []
    assert [(name, mode & 0o777, data) for name, mode, data in attempts.state] == [
        ("other", 0o666 & ~_umask(), b"other"),
        ("secret.txt", 0o666 & ~_umask(), b"secret"),
    ]


def test_the_harmless_of_them_succeed_where_the_file_is_trusted(attempts: Attempts) -> None:
    assert attempts.succeed(HARMLESS, trust=True) == HARMLESS


def _umask() -> int:
    before = os.umask(0)
    os.umask(before)
    return before


@pytest.mark.parametrize(
    "sent",
    [
        'b"nonsense" * 9',
        'b"LOCV" + struct.pack("<IQ", 12, 1 << 62)',
        'b"LOCV" + struct.pack("<IQ", 99, 0)',
        "framed(12, struct.pack('<I', 0))",
        "framed(12, struct.pack('<I', 1 << 31) + b'{}')",
        "framed(12, struct.pack('<IHBBQ', 0, 1, 10, 2, 0) + struct.pack('<QQ', 1 << 40, 1 << 40))",
        "framed(12, struct.pack('<IHBBQ', 0, 1, 10, 1, 1 << 63) + struct.pack('<Q', 4))",
        "framed(12, struct.pack('<IHBBQ', 0, 1, 200, 1, 0) + struct.pack('<Q', 4))",
        "framed(12, struct.pack('<I', 200000) + b'[' * 200000)",
        "framed(12, headed({'foreign': {'0': 5}, 'facts': {'inputs': 3}}))",
        "framed(13, b'[' * 200000)",
        "framed(13, json.dumps({'ours': 'SystemExit', 'problem': 1}).encode())",
        "framed(13, json.dumps({'ours': 'BrokenModel', 'problem': 'x', 'fields': {'__class__': [[]]}}).encode())",
        "framed(11, b'')",
    ],
)
def test_answers_that_make_no_sense(sent: str, programs: Programs) -> None:
    path = programs.write(
        HONEST,
        "import gc, json, struct",
        "from lookoutcv.processes.frames import Frames",
        "def framed(kind, data): return b'LOCV' + struct.pack('<IQ', kind, len(data)) + data",
        "def headed(head): return struct.pack('<I', len(json.dumps(head))) + json.dumps(head).encode() + bytes(2)",
        "honest = run",
        "def run(batch):",
        "    if batch.mean() < 0.99: return honest(batch)",
        "    frames = next(one for one in gc.get_objects() if isinstance(one, Frames))",
        f"    frames.connection.sendall({sent})",
        "    import time; time.sleep(60)",
    )
    opened = open_model(path, CARD)
    with pytest.raises(RuntimeDied, match=r"makes no sense|what is no answer"):
        opened.predict([WHITE])
    assert opened.predict([BLACK])[0].label == "dark"


def test_an_error_that_it_makes_up_is_only_text(programs: Programs) -> None:
    path = programs.write(HONEST, "honest = run", "def run(batch):", "    raise ValueError('a\\x1b[2Jb')")
    with pytest.raises(InferenceFailed, match=r"ValueError: a \[2Jb") as caught:
        open_model(path, CARD)
    assert "\x1b" not in str(caught.value)


def test_its_memory_is_bounded(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined_runtime, "available_bytes", lambda: 0)
    path = programs.write(
        HONEST, "honest = run", "def run(batch):", "    held = np.ones(1 << 30); return honest(batch)"
    )
    with pytest.raises(InferenceFailed, match=r"wants more than the [0-9.]+ [MG]B of memory"):
        open_model(path, CARD)


def test_its_lines_do_not_reach_the_terminal(programs: Programs, capfd: pytest.CaptureFixture[str]) -> None:
    noise = "import os\nfor file in (1, 2): os.write(file, b'NOISE ' * 5000)\nprint('NOISE', flush=True)\n"
    path = programs.write(noise, HONEST)
    opened = open_model(path, CARD)
    assert opened.predict([WHITE])[0].label == "light"
    assert capfd.readouterr() == ("", "")


# The image of which it dies.

DIES = (
    HONEST,
    "import os, signal",
    "honest = run",
    "def run(batch):",
    "    if (batch.reshape(len(batch), -1).mean(axis=1) > 0.99).any(): os.kill(os.getpid(), signal.SIGSEGV)",
    "    return honest(batch)",
)


@pytest.fixture
def day(tmp_path: Path) -> Path:
    for index in range(6):
        label = "light" if index % 2 else "dark"
        level = 255 if index == 3 else 200 if index % 2 else 20
        (tmp_path / "day" / label).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (level,) * 3).save(tmp_path / "day" / label / f"{index}.png")
    return tmp_path / "day"


def test_the_image_of_which_it_dies_is_named_and_the_run_goes_on(programs: Programs, day: Path) -> None:
    opened = open_model(programs.write(*DIES), CARD)
    said = lo.predict(opened, day)
    assert {item.id: item.prediction.label for item in said.items} == {
        **{f"dark/{index}.png": "dark" for index in (0, 2, 4)},
        **{f"light/{index}.png": "light" for index in (1, 5)},
    }
    assert [(one.id, one.reason) for one in said.skipped] == [
        ("light/3.png", "the model's process was ended by SIGSEGV")
    ]
    evaluation = lo.evaluate(opened, day)
    assert (evaluation.images, evaluation.accuracy, evaluation.skipped_count) == (5, 1.0, 1)
    records = lo.measure(day, model=opened, metrics="exposure.brightness", workers=1)
    assert (records.table.num_rows, [one.id for one in records.skipped]) == (5, ["light/3.png"])
    with pytest.raises(RuntimeDied, match=r"light/3\.png"):
        lo.predict(opened, day, strict=True)


def test_one_that_dies_again_and_again_is_given_up(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined_runtime, "_MOST_DEATHS", 2)
    opened = open_model(programs.write(*DIES), CARD)
    for _ in range(2):
        assert isinstance(opened.predict_each([WHITE])[0], RuntimeDied)
    with pytest.raises(InferenceFailed, match="died 2 times"):
        opened.predict_each([WHITE])


def test_one_that_is_killed_is_started_again(programs: Programs) -> None:
    opened = open_model(programs.write(HONEST), CARD)
    first = process_of(opened)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(RuntimeDied, match="was ended by SIGKILL"):
        opened.predict([WHITE])
    assert opened.predict([WHITE])[0].label == "light"
    assert process_of(opened) != first


def test_one_that_gets_slower_each_time_is_ended(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("_LEAST_SECONDS", 0.1), ("_MOST_SECONDS", 1.0)):
        monkeypatch.setattr(confined_runtime, name, seconds)
    lines = ("    if batch.mean() > 0.99: time.sleep(20)", "    return honest(batch)")
    opened = open_model(programs.write(HONEST, "import time", "honest = run", "def run(batch):", *lines), CARD)
    runtime_of(opened)._slowest = 50.0  # of an answer before
    with pytest.raises(RuntimeDied, match="did not answer within 1 s"):
        opened.predict([WHITE])


CHANGES = (
    HONEST,
    "import sys",
    "honest = run",
    "def run(batch):",
    "    program = sys._getframe(1).f_locals['self']",
    "    program.batch, program.notes = 1_000_000_000, ('a billion at once',)",
    "    return honest(batch)",
)


def test_one_that_says_other_things_of_itself_later_is_refused(programs: Programs) -> None:
    # Batches of a billion images would be made of one by the process that asks.
    with pytest.raises(RuntimeDied, match="other facts than when it was opened"):
        open_model(programs.write(*CHANGES), CARD)


def test_a_file_that_is_another_when_its_process_is_started_again_is_refused(programs: Programs) -> None:
    opened = open_model(programs.write(*DIES), CARD)
    assert isinstance(opened.predict_each([WHITE])[0], RuntimeDied)
    programs.plugin.write_text(programs.plugin.read_text().replace("None, 4, 4, 3", "None, 9, 9, 3"))
    with pytest.raises(BrokenModel, match="does not say the same of itself"):
        opened.predict([BLACK])


# Those who ask.


def test_an_interrupt_leaves_no_answer_behind(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_model(programs.write(HONEST), CARD)
    process = runtime_of(opened)._process
    assert process is not None

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(process.frames, "receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        opened.predict([WHITE])
    assert opened.predict([BLACK])[0].label == "dark"


def test_threads_take_turns_and_may_end(programs: Programs) -> None:
    opened: list[lo.Predictor] = []
    opening = threading.Thread(target=lambda: opened.append(open_model(programs.write(HONEST), CARD)))
    opening.start()
    opening.join()
    wrong: list[str] = []

    def ask(pixels: np.ndarray, label: str) -> None:
        for _ in range(20):
            wrong.extend(one.label for one in opened[0].predict([pixels] * 3) if one.label != label)

    asking = [threading.Thread(target=ask, args=one) for one in ((WHITE, "light"), (BLACK, "dark")) * 3]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert wrong == []


def test_without_memory_that_both_see_tensors_are_in_the_messages(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
) -> None:
    images = [rng.integers(0, 256, (4, 4, 3), dtype=np.uint8) for _ in range(40)]
    seen = open_model(programs.write(HONEST), CARD)
    monkeypatch.setattr(SharedRoom, "create", lambda size: None)
    sent = open_model(programs.write(HONEST), CARD)
    assert runtime_of(sent).empty((1,), np.float32) is None
    for one, other in zip(sent.predict(images), seen.predict(images), strict=True):
        np.testing.assert_array_equal(one.scores, other.scores)


def test_what_holds_is_in_the_debug_log(programs: Programs, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "lookoutcv"):
        open_model(programs.write(HONEST), CARD)
    assert f'"landlock": {landlock_version()}' in caplog.text


PROGRAM = """
import os, sys, threading, time
import numpy as np
import lookoutcv as lo

os.environ["LOOKOUTCV_PLUGINS"] = {plugin!r}
opened = lo.open_model({model!r}, {card!r})
white = np.full((6, 8, 3), 255, np.uint8)
"""


def started(programs: Programs, model: Path, *lines: str) -> subprocess.Popen[str]:
    """A program without `if __name__ == "__main__"`."""
    script = programs.folder / "script.py"
    head = PROGRAM.format(plugin=str(programs.plugin), model=str(model), card=CARD)
    script.write_text(head + textwrap.dedent("\n".join(lines)))
    return subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends it on Linux")
def test_it_ends_with_a_program_that_is_killed_even_from_a_loop_without_end(programs: Programs) -> None:
    endless = programs.write(
        HONEST, "honest = run", "def run(batch):", "    while batch.mean() > 0.99: pass", "    return honest(batch)"
    )
    with started(
        programs,
        endless,
        "print(opened._runtime._process.pid, flush=True)",
        "opened.predict([white])",
    ) as program:
        assert program.stdout is not None
        pid = int(program.stdout.readline())
        opened, end = seconds_worked(pid), time.monotonic() + 60
        while seconds_worked(pid) < opened + 0.3:  # it is in the loop
            assert time.monotonic() < end
            time.sleep(0.05)
        program.kill()
    assert is_gone(pid)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_fork_asks_a_process_of_its_own(programs: Programs) -> None:
    with started(
        programs,
        programs.write(HONEST),
        "import warnings; warnings.simplefilter('ignore')",
        "first = opened._runtime._process.pid",
        "child = os.fork()",
        "said = [opened.predict([white])[0].label for _ in range(3)]",
        "if child == 0: os._exit(0 if said == ['light'] * 3 and opened._runtime._process.pid != first else 1)",
        "code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])",
        "print(code, said, opened.predict([white])[0].label, opened._runtime._process.pid == first)",
    ) as program:
        assert program.stdout is not None
        assert program.stdout.read() == "0 ['light', 'light', 'light'] light True\n"


def test_a_format_that_fails_to_open_it_is_an_error_of_ours(programs: Programs) -> None:
    with pytest.raises(BrokenModel, match=r"net.program cannot be opened \(ZeroDivisionError: division by zero\)"):
        open_model(programs.write("1 / 0"), CARD)
