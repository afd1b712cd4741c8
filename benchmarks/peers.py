"""What other tools say of the same windows: false alarms on clean ones, power at severity 2 with 100 images.

Each tool runs in an environment of its own, with the settings it comes with, on the metrics that LookOutCV measured;
CleanVision, which knows no windows, on the images, for its time. Installing them takes minutes and some gigabytes, so
this runs only with `--peers`.
"""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import simplejpeg

from harness.clocks import cpu
from harness.command import main
from harness.counted import percent
from harness.decisions import Table, decide
from harness.environments import PEERS, DoesNotRun, Peer, answers, python_of
from harness.figures import Benchmark, Figure, Option
from harness.photographs import photographs
from harness.views import tested_metrics
from harness.windows import Draw, Sets, measured_sets
from lookoutcv.corruptions import CORRUPTIONS
from lookoutcv.images import read
from lookoutcv.measuring.measurement import measure_image

_SEED, _SEVERITY, _IMAGES = 36, 2, 100
_TIMED_FILES = 200


def measure(settings: Namespace) -> Iterator[Figure]:
    """Ours first, then each tool."""
    if not settings.peers:
        yield Figure("other tools on the same windows", None, "", "not asked for: give --peers")
        return
    with TemporaryDirectory(prefix="lookoutcv-peers-") as temporary:
        here = Path(temporary)
        environments = Path(settings.environments).resolve() if settings.environments else here / "environments"
        windows, images = here / "windows", here / "images"
        windows.mkdir()
        images.mkdir()
        sets = measured_sets(settings, (_SEVERITY,), _IMAGES, _SEED)
        name = list(sets.images)[-1]
        draws = [Draw(name, None, 0, _IMAGES, settings.clean)]
        draws += [Draw(name, kind, _SEVERITY, _IMAGES, settings.faulty) for kind in CORRUPTIONS]
        ours = _written(sets, draws, windows)
        about = f"{name}, M = {sets.baseline[name]:,}, N = {_IMAGES}"
        yield from _shares("LookOutCV", "default", ours, settings.clean, about)
        spent = _copied(settings, images)
        basis = f"CPU, {_TIMED_FILES} files, one process"
        yield Figure("LookOutCV: measure, over bare decoding", spent["measure"] / spent["decode"], "x", basis)
        for peer in PEERS:
            yield from _figures(peer, environments, {"windows": windows, "images": images}, settings, spent["decode"])


def _figures(
    peer: Peer, environments: Path, data: dict[str, Path], settings: Namespace, decode: float
) -> Iterator[Figure]:
    speed = peer.runner == "run_cleanvision.py"
    try:
        found = answers(peer, python_of(peer, environments), data["images" if speed else "windows"])
    except DoesNotRun as reason:
        yield Figure(peer.name, None, "", str(reason)[:200])
        return
    if speed:
        basis = f"CPU, default checks, {_TIMED_FILES} files, one process"
        yield Figure(f"{peer.name}: find_issues, over bare decoding", found["seconds"] / decode, "x", basis)
        return
    for rule, drifted in found["verdicts"].items():
        about = f"{found['seconds'] / len(drifted):.2g} s of CPU a window"
        yield from _shares(peer.name, rule, drifted, settings.clean, about)


def _shares(name: str, rule: str, drifted: Sequence[bool], clean: int, about: str) -> Iterator[Figure]:
    hits, found = sum(drifted[:clean]), drifted[clean:]
    yield Figure(f"{name} ({rule}): false alarms", 100 * hits / clean, "%", f"{percent(hits, clean)}; {about}")
    basis = f"{len(found)} windows over {len(CORRUPTIONS)} corruptions"
    yield Figure(f"{name} ({rule}): power at severity {_SEVERITY}", float(np.mean(found)), "", basis)


def _written(sets: Sets, draws: Sequence[Draw], folder: Path) -> list[bool]:
    """Write every window for the other tools; our own decision on each."""
    whole = sets.images[draws[0].name].clean
    # Other tools refuse columns without values, or with a single one.
    kept = [j for j in range(whole.shape[1]) if not np.isnan(whole[:, j]).any() and np.ptp(whole[:, j]) > 0]
    names = [sets.names[j] for j in kept]
    decided: list[bool] = []
    for baseline, window, _ in (sides for draw in draws for sides in sets.sides(draw)):
        number = len(decided)
        for side, rows in (("baseline", baseline), ("window", window)):
            _csv(folder / f"{number:05d}-{side}.csv", names, rows[:, kept])
        decided.append(decide(names, baseline[:, kept], window[:, kept]).drifted)
    return decided


def _csv(path: Path, names: Sequence[str], rows: Table) -> None:
    # NannyML splits column names at dots.
    header = ",".join(name.replace(".", "_") for name in names)
    np.savetxt(path, rows, delimiter=",", header=header, comments="", fmt="%.9g")


def _copied(settings: Namespace, folder: Path) -> dict[str, float]:
    """Copy some photographs into one folder; CPU seconds of bare decoding and of our measuring."""
    metrics = tested_metrics()
    spent = {"decode": 0.0, "measure": 0.0}
    with photographs(settings) as found:
        files = next(iter(found.values()))[:_TIMED_FILES]
        for number, path in enumerate(files):
            shutil.copyfile(path, folder / f"{number:05d}.jpg")
        for warm in (True, False):
            for path in files[:20] if warm else files:
                stored = path.read_bytes()
                start = cpu()
                simplejpeg.decode_jpeg(stored, "RGB")
                decoded = cpu()
                measure_image(read(path), metrics)
                if not warm:
                    spent["decode"] += decoded - start
                    spent["measure"] += cpu() - decoded
    return spent


BENCHMARK = Benchmark(
    "other tools on the same windows",
    measure,
    [
        Option("--peers", False, "install the other tools and run them"),
        Option("--environments", "", "folder where their environments are kept; a temporary one unless given"),
        Option("--clean", 200, "clean windows"),
        Option("--faulty", 10, "windows of each corruption"),
        Option("--short-side", 320, "larger photographs are reduced to it, in pixels"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
