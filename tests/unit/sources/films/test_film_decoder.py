"""What the process of a film answers, and what a hostile or a slow one does in its place."""

from __future__ import annotations

import os
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hostile_films import small_film
from lookoutcv.errors import ConfigError, UnreadableSource
from lookoutcv.processes.confined_process import NoProcessError
from lookoutcv.processes.shared_tensors import packed
from lookoutcv.sources.films import film_decoder
from lookoutcv.sources.films.film_decoder import DecoderDiedError, FilmDecoder, times_of
from lookoutcv.sources.films.film_server import ANSWERED, FACTS, FAILED, WORKING
from lookoutcv.sources.films.frame_times import frame_times
from lookoutcv.sources.films.video_reader import VideoReader

FILMS = Path(__file__).parents[1] / "kinds" / "films"


@pytest.mark.parametrize("name", ["varying.mp4", "varying.mkv"])
def test_it_answers_as_reading_here_would(name: str) -> None:
    path = str(FILMS / name)
    here, apart = frame_times(path), times_of(path)
    assert np.array_equal(here.times_ms, apart.times_ms)
    assert np.array_equal(here.known, apart.known)
    assert (here.claimed_ms, here.hidden, here.ends_inside, here.losses) == (
        *(apart.claimed_ms, apart.hidden),
        *(apart.ends_inside, apart.losses),
    )
    reader, decoder = VideoReader(path), FilmDecoder(path)
    # Forward, which is where it looks ahead; back; over some; the same once more; and a time that no frame has.
    for place in [0, 1, 2, 3, 1, 2, 20, 21, 59, 58, 58, 0]:
        time_ms = float(here.times_ms[place])
        assert np.array_equal(reader.frame(time_ms), decoder.frame(time_ms))  # type: ignore[arg-type]
    assert decoder.frame(5000.0) is None
    reader.close()
    decoder.close()


def test_looking_ahead_changes_no_frame() -> None:
    path = str(FILMS / "varying.mp4")
    times = frame_times(path).times_ms
    plain, ahead = VideoReader(path), VideoReader(path)
    order = [*range(12), *np.random.default_rng(0).integers(0, 60, 40).tolist(), *range(50, 60), 59, 0]
    for place in order:
        found = plain.frame(float(times[place])), ahead.frame(float(times[place]))
        ahead.look_ahead()
        assert np.array_equal(*found)  # type: ignore[arg-type]
    plain.close()
    ahead.close()


def test_a_frame_stays_as_it_is_when_the_next_one_comes(tmp_path: Path) -> None:
    decoder = FilmDecoder(str(small_film(tmp_path / "a.avi")))
    first = decoder.frame(0.0)
    assert first is not None
    kept = first.copy()
    assert not np.array_equal(decoder.frame(1800.0), kept)  # type: ignore[arg-type]
    assert np.array_equal(first, kept)
    assert first.flags.writeable
    decoder.close()


def test_what_is_wrong_with_a_film_is_said_by_the_name_that_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.avi").write_bytes(small_film(tmp_path / "whole.avi").read_bytes()[:300])
    with pytest.raises(UnreadableSource, match=r"^the video a\.avi cannot be read"):
        times_of("a.avi")
    with pytest.raises(UnreadableSource, match=r"^the video gone\.avi cannot be read"):
        times_of("gone.avi")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_one_that_stands_still_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_decoder, "_STEP_SECONDS", 1.0)
    decoder = FilmDecoder(str(small_film(tmp_path / "a.avi")))
    os.kill(decoder._process.pid, signal.SIGSTOP)
    with pytest.raises(DecoderDiedError, match="did not answer within 1 s and was ended"):
        decoder.frame(0.0)
    assert not decoder.usable


def test_a_frame_without_memory_for_it_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_decoder, "available_bytes", lambda: 0)
    monkeypatch.setattr(film_decoder, "_LEAST_MEMORY_BYTES", 256 << 20)
    decoder = FilmDecoder(str(small_film(tmp_path / "a.avi", 2, (4000, 3000))))
    with pytest.raises(UnreadableSource, match=r"a\.avi cannot be read: a frame takes 36 MB, and there is memory for"):
        decoder.frame(0.0)
    decoder.close()


def test_where_no_process_can_be_started_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*given: object, **how: object) -> None:
        raise NoProcessError("no room", "Make room.")

    monkeypatch.setattr(film_decoder, "ConfinedProcess", none)
    with pytest.raises(ConfigError, match=r"the film a\.avi \(no room\)\. Make room\. Or write its frames as images"):
        times_of("a.avi")


def replaced(monkeypatch: pytest.MonkeyPatch, decoder: FilmDecoder, *answers: tuple[int, bytes]) -> None:
    """Answers in the place of those of its process."""
    left = iter(answers)

    def answer(*asked: object) -> tuple[int, memoryview]:
        kind, said = next(left)
        return kind, memoryview(said)

    monkeypatch.setattr(decoder._process, "ask", answer)
    monkeypatch.setattr(decoder._process, "answer", answer)


def sent(decoder: FilmDecoder, *arrays: Any, facts: tuple[float, int, bool, int] | None = None) -> bytes:
    head = b"" if facts is None else FACTS.pack(*facts)
    return head + b"".join(map(bytes, packed(list(arrays), decoder._process.rooms[1])))


FACT = (0.0, 0, False, 0)
RISING, ALL = np.array([0.0, 40.0]), np.array([True, True])
FRAMES: dict[str, Callable[[FilmDecoder], tuple[int, bytes]]] = {
    "kind": lambda decoder: (7, b""),
    "nothing": lambda decoder: (ANSWERED, b""),
    "words": lambda decoder: (ANSWERED, b"\xff" * 40),
    "floats": lambda decoder: (ANSWERED, sent(decoder, np.zeros((2, 2, 3)))),
    "grey": lambda decoder: (ANSWERED, sent(decoder, np.zeros((2, 2), np.uint8))),
    "alpha": lambda decoder: (ANSWERED, sent(decoder, np.zeros((2, 2, 4), np.uint8))),
    "empty": lambda decoder: (ANSWERED, sent(decoder, np.zeros((0, 2, 3), np.uint8))),
    "elsewhere": lambda decoder: (ANSWERED, struct.pack("<HBBQ3Q", 1, 1, 3, 1 << 40, 2, 2, 3)),
    "no error": lambda decoder: (FAILED, b"{}"),
    "deep": lambda decoder: (FAILED, b"[" * 100_000),
}
TIMES: dict[str, Callable[[FilmDecoder], tuple[int, bytes]]] = {
    "short": lambda decoder: (ANSWERED, b"\0"),
    "none": lambda decoder: (ANSWERED, sent(decoder, facts=FACT)),
    "no frame": lambda decoder: (ANSWERED, sent(decoder, RISING[:0], ALL[:0], facts=FACT)),
    "falling": lambda decoder: (ANSWERED, sent(decoder, RISING[::-1], ALL, facts=FACT)),
    "endless": lambda decoder: (ANSWERED, sent(decoder, RISING / 0.0, ALL, facts=FACT)),
    "other length": lambda decoder: (ANSWERED, sent(decoder, RISING, ALL[:1], facts=FACT)),
    "integers": lambda decoder: (ANSWERED, sent(decoder, RISING.astype(int), ALL, facts=FACT)),
    "claimed": lambda decoder: (ANSWERED, sent(decoder, RISING, ALL, facts=(float("nan"), 0, False, 0))),
}


@pytest.mark.parametrize("what", FRAMES)
def test_what_is_no_frame_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    decoder = FilmDecoder(str(small_film(tmp_path / "a.avi")))
    replaced(monkeypatch, decoder, FRAMES[what](decoder))
    with pytest.raises(DecoderDiedError, match="gave an answer that makes no sense"):
        decoder.frame(0.0)
    assert not decoder.usable


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize("what", TIMES)
def test_what_are_no_times_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    decoder = FilmDecoder(str(small_film(tmp_path / "a.avi")))
    replaced(monkeypatch, decoder, TIMES[what](decoder))
    with pytest.raises(DecoderDiedError, match="gave an answer that makes no sense"):
        decoder.times()
    assert not decoder.usable


def test_one_that_works_is_waited_for_but_not_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoder = FilmDecoder(str(small_film(tmp_path / "a.avi")))
    replaced(monkeypatch, decoder, *[(WORKING, b"")] * 50, (ANSWERED, sent(decoder, RISING, ALL, facts=FACT)))
    assert decoder.times().times_ms.tolist() == [0.0, 40.0]
    monkeypatch.undo()
    monkeypatch.setattr(film_decoder, "_MOST_SECONDS", 0.0)
    answered = iter([(WORKING, memoryview(b""))])
    monkeypatch.setattr(decoder._process, "ask", lambda *asked: next(answered))
    with pytest.raises(DecoderDiedError, match="did not answer"):
        decoder.times()
