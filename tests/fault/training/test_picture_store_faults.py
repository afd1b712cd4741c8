"""A disk that is full, a process that is killed, and the memory that pictures of many images take."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from drawn_classes import draw_classes

# Files of images are few and named many times: what grows is what the store keeps.
_BEGINNING = """
import resource, sys
from pathlib import Path
import numpy as np
from lookoutcv.models.cards.card import Input
from lookoutcv.models.input.framing import framed
from lookoutcv.images import read
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.training.data.division import Sample
from lookoutcv.training.data.picture_store import PictureStore

paths = sorted(Path(sys.argv[1]).rglob("*.png"))
folder, count = sys.argv[2], int(sys.argv[3])
samples = [Sample(f"{n}.png", "ring", ListedRef(f"{n}.png", str(paths[n % len(paths)]))) for n in range(count)]
card = Input(size=(64, 64), resize="centre_crop")
"""
_FULL = """
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
with PictureStore(samples, [card], folder=folder, threads=2) as store:
    part = store.pictures(samples, ["ring"], card, "ab")
    whole = np.stack([framed(read(sample.ref.load()).pixels, card)[0] for sample in samples])
    assert np.array_equal(part.framed(range(count)), whole)
    print(*store.notes)
"""
_KILLED = """
with PictureStore(samples, [card], folder=folder, threads=1) as store:
    print("filled", flush=True)
    sys.stdin.read()
"""
_MEASURED = """
def told(name):
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith(name))

with PictureStore(samples[:200], [card], folder=folder, threads=2) as store:
    store.pictures(samples[:200], ["ring"], card, "ab").framed(range(64))
open("/proc/self/clear_refs", "w").write("5")
before = told("VmRSS")
with PictureStore(samples, [card], folder=folder, threads=2) as store:
    part = store.pictures(samples, ["ring"], card, "ab")
    for start in range(0, count, 64):
        batch = range(start, min(start + 64, count))
        part.framed(batch), part.roomy(batch)
print(told("VmHWM") - before)
"""


def started(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _BEGINNING + code, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def drawn_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_classes(tmp_path_factory.mktemp("drawn"), each=10, side=80)


@pytest.mark.skipif(os.name != "posix", reason="a limit on files, by POSIX")
def test_what_a_full_disk_does_not_hold_is_decoded_anew_and_told(drawn_folder: Path, tmp_path: Path) -> None:
    out, err = started(_FULL, drawn_folder, tmp_path, 30).communicate(timeout=60)
    assert not err
    # Twelve of 74 x 74 px fit.
    assert out.startswith("18 of 30 pictures are decoded anew in each epoch, which takes longer: ")
    assert f"{tmp_path} is full (" in out


@pytest.mark.skipif(os.name != "posix", reason="a kill without a goodbye, by POSIX")
def test_a_killed_process_leaves_nothing_behind(drawn_folder: Path, tmp_path: Path) -> None:
    process = started(_KILLED, drawn_folder, tmp_path, 300)
    assert process.stdout is not None
    assert process.stdout.readline() == "filled\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak of memory, by Linux")
def test_memory_does_not_grow_with_the_number_of_pictures(drawn_folder: Path, tmp_path: Path) -> None:
    few, many = (
        int(started(_MEASURED, drawn_folder, tmp_path, count).communicate(timeout=120)[0]) for count in (300, 3000)
    )
    # The pictures of 3,000 images take 100 MB on the disk.
    assert many - few < 6_000_000
