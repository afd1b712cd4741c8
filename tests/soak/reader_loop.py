"""Damage files at random and read them: `reader_loop.py FOLDER SEED --seconds S | --rounds N [--only PREFIX ...]`.

What is being read lies in FOLDER/case, so that a crash leaves its cause behind; after a surprise it is kept. A reader
gives a result, or an error of ours with a sentence; nothing is printed or left behind elsewhere, what was read is as it
was. The last line on standard output is JSON: how many were read and refused, the slowest, the peak of memory, and
every surprise.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import hashlib
import json
import logging
import os
import re
import resource
import shutil
import subprocess
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from damage import damage
from every_reader import Reader, every_reader
from lookoutcv.errors import LookoutError

_MOST_SURPRISES = 40
# One call that takes this long has hung: its trace is written, and the run is over.
_HUNG_SECONDS = 120
# Files that are written to while they are read: the log's own.
_MAY_CHANGE = re.compile(r"log/|/_delta_log/|\.lock$")


class Sandbox:
    """Where a round happens: a case, and places beside it in which nothing may appear."""

    def __init__(self, folder: Path) -> None:
        self.case, self.elsewhere = folder / "case", folder / "elsewhere"
        self._printed = (folder / "printed").open("w+b", buffering=0)
        self.elsewhere.mkdir()
        for name, place in {"HOME": "home", "TMPDIR": "temporary", "XDG_CACHE_HOME": "cache"}.items():
            (self.elsewhere / place).mkdir()
            os.environ[name] = str(self.elsewhere / place)
        os.environ["LOOKOUTCV_CACHE"] = "off"
        (self.elsewhere / "work").mkdir()
        os.chdir(self.elsewhere / "work")

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """What is printed meanwhile, also by native code, goes to a file."""
        kept = [os.dup(1), os.dup(2)]
        self._printed.seek(0)
        self._printed.truncate()
        for number in (1, 2):
            os.dup2(self._printed.fileno(), number)
        try:
            yield
        finally:
            for number, old in zip((1, 2), kept, strict=True):
                os.dup2(old, number)
                os.close(old)

    def printed(self) -> str:
        """What was."""
        self._printed.seek(0)
        return self._printed.read(2000).decode(errors="replace")

    def left_behind(self) -> list[str]:
        """Files that appeared where none belongs."""
        return [str(one.relative_to(self.elsewhere)) for one in self.elsewhere.rglob("*") if one.is_file()]

    def digests(self) -> dict[str, str]:
        """The files of the case, by their content."""
        return {
            str(one.relative_to(self.case)): hashlib.sha256(one.read_bytes()).hexdigest()
            for one in sorted(self.case.rglob("*"))
            if one.is_file() and not _MAY_CHANGE.search(str(one.relative_to(self.case)))
        }


def damage_case(case: Path, reader: Reader, random: np.random.Generator) -> str:
    """One file of the case, and sometimes two, are damaged; which."""
    files = sorted(one for one in case.rglob("*") if one.is_file())
    # What says where images are is damaged more often than one of its images.
    weights = np.array([0.2 if one.suffix == ".jpg" else 1.0 for one in files])
    chosen = random.choice(len(files), size=1 + int(random.random() < 0.2), p=weights / weights.sum())
    for index in set(chosen.tolist()):
        files[index].write_bytes(damage(files[index].read_bytes(), random))
    return ", ".join(str(files[index].relative_to(case)) for index in set(chosen.tolist()))


def one_round(sandbox: Sandbox, reader: Reader, target: Any, outcomes: Counter[str], *, whole: bool) -> list[str]:
    """Read it; what is against the law."""
    found: list[str] = []
    before = sandbox.digests()
    with sandbox.listening(), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            reader.read(target)
            outcomes[f"{reader.name}: read"] += 1
        except LookoutError as error:
            outcomes[f"{reader.name}: refused"] += 1
            if whole:
                found.append(f"refused whole: {error}")
            if not str(error).strip():
                found.append(f"{type(error).__name__} without a sentence")
            try:
                str(error).encode()
            except UnicodeEncodeError:
                found.append(f"{type(error).__name__} with a sentence that cannot be printed: {str(error)!r}")
        except BaseException as error:  # whatever it is, it is what this run looks for
            found.append(_told(error))
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    # Warnings of ours are sentences for the user; others are a library's.
    found += [
        f"warned: {one.category.__name__}: {one.message}"
        for one in warned
        if "lookoutcv" not in one.category.__module__
    ]
    if text := sandbox.printed():
        found.append(f"printed: {text[:300]}")
    if left := sandbox.left_behind():
        found.append(f"left behind: {left[:3]}")
        for name in left:
            (sandbox.elsewhere / name).unlink(missing_ok=True)
    if sandbox.digests() != before:
        found.append("changed what it read")
    return found


def _told(error: BaseException) -> str:
    ours = [one for one in traceback.extract_tb(error.__traceback__) if "lookoutcv" in one.filename]
    places = [f"{Path(one.filename).name}:{one.lineno}" for one in ours[-3:]]
    return f"{type(error).__name__}: {str(error)[:200]} at {' < '.join(reversed(places))}"


def make_wholes(folder: Path, readers: list[Reader]) -> None:
    """Fill a folder with whole files for each reader."""
    made: dict[str, tuple[str, str]] = {}
    for number, reader in enumerate(readers):
        place = folder / "whole" / str(number)
        place.mkdir(parents=True)
        made[reader.name] = (str(place), str(reader.make(place)))
    (folder / "wholes.json").write_text(json.dumps(made))


def own_peak_kib() -> int:
    """What this process took at most; where Linux does not say it, with what the process took that started this one."""
    with contextlib.suppress(OSError):
        stated = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
        if stated:
            return int(stated[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Until the time is up, or so many rounds of each reader are done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("seed", type=int)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--rounds", type=int, default=10**9)
    parser.add_argument("--only", nargs="*", default=[""])
    parser.add_argument("--make", action="store_true", help="only make the whole files")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)  # the log's own messages are told where it is used
    random = np.random.default_rng(given.seed)
    folder = given.folder.resolve()
    readers = [one for one in every_reader() if any(one.name.startswith(only) for only in given.only)]
    if given.make:
        make_wholes(folder, readers)
        return
    # Elsewhere: what wrote a film with OpenCV has settled how much FFmpeg says from then on.
    subprocess.run([sys.executable, __file__, *sys.argv[1:], "--make"], check=True)
    wholes = json.loads((folder / "wholes.json").read_text())
    sandbox = Sandbox(folder)
    outcomes: Counter[str] = Counter()
    surprises: dict[str, str] = {}
    slowest = (0.0, "")
    end = time.monotonic() + given.seconds
    done = 0
    while time.monotonic() < end and done < given.rounds * len(readers) and len(surprises) < _MOST_SURPRISES:
        reader = readers[done % len(readers)]
        whole, target = wholes[reader.name]
        shutil.rmtree(sandbox.case, ignore_errors=True)
        shutil.copytree(whole, sandbox.case)
        place = target.replace(whole, str(sandbox.case))
        # The first of each is read as it is: a corpus of which nothing can be read would prove nothing.
        what = damage_case(sandbox.case, reader, random) if done >= len(readers) else "nothing"
        (folder / "now").write_text(f"{reader.name}: damaged {what}")
        faulthandler.dump_traceback_later(_HUNG_SECONDS, exit=True, file=sys.__stderr__)
        started = time.monotonic()
        named = Path(place) if Path(place).exists() else place  # a pattern, or with options
        found = one_round(sandbox, reader, named, outcomes, whole=what == "nothing")
        faulthandler.cancel_dump_traceback_later()
        slowest = max(slowest, (round(time.monotonic() - started, 2), f"{reader.name}: damaged {what}"))
        for one in found:
            key = f"{reader.name}: {one}"
            if key not in surprises:
                surprises[key] = str(folder / f"surprise-{len(surprises)}")
                shutil.copytree(sandbox.case, surprises[key])
        done += 1
    unit = 1 if sys.platform == "darwin" else 1024
    peaks = [own_peak_kib() * unit, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit]
    print(
        json.dumps(
            {
                "rounds": done,
                "readers": len(readers),
                "read": sum(n for name, n in outcomes.items() if name.endswith("read")),
                "refused": sum(n for name, n in outcomes.items() if name.endswith("refused")),
                "slowest": slowest,
                "peak_bytes": max(peaks),
                "surprises": surprises,
            }
        )
    )


if __name__ == "__main__":
    main()
