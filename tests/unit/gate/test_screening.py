"""A gate before what is measured: unfit images are left out, moved or marked, and told."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError, NoImages, OutputUnwritable

METRICS = "exposure.brightness"


def scene(seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return cv2.resize(draw.integers(30, 220, (12, 12, 3), dtype=np.uint8), (96, 96), interpolation=cv2.INTER_NEAREST)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Six sharp images and two blurred ones, in two folders."""
    for number in range(8):
        pixels = scene(number) if number < 6 else cv2.GaussianBlur(scene(number), (0, 0), 5)
        path = tmp_path / "photos" / ("a" if number % 2 else "b") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), pixels)
    return tmp_path / "photos"


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    lo.Gate.load("threshold", threshold=100, judges=[]).save(tmp_path / "gate")
    return tmp_path / "gate"


@pytest.mark.parametrize("workers", [1, 2])
def test_unfit_images_are_left_out_counted_and_named(photos: Path, gate: Path, workers: int) -> None:
    records = lo.measure(photos, metrics=METRICS, gate=gate, workers=workers, cache=False)
    assert records.count == 6
    assert records.skipped_count == 0
    assert records.table["gate.verdict"].to_pylist() == ["fit"] * 6
    (note,) = [note for note in records.notes if "gate" in note]
    assert note == f"The gate {gate} refused 2 of 8 images: it is blurred (2). They are a/7.png, b/6.png."


def test_they_can_stay_marked(photos: Path, gate: Path) -> None:
    records = lo.measure(photos, metrics=METRICS, gate=gate, on_reject="tag", workers=1)
    assert f"The gate {gate} finds 2 of 8 images unfit; they are marked." in records.notes
    rows = {row["id"]: row for row in records.table.to_pylist()}
    assert len(rows) == 8
    assert rows["b/6.png"]["gate.verdict"] == "unfit"
    assert rows["b/6.png"]["gate.judge"] == "sharpness"
    assert rows["b/6.png"]["gate.reasons"] == "it is blurred"
    assert rows["a/1.png"]["gate.judge"] is None


def test_they_can_be_moved_and_nothing_is_overwritten(photos: Path, gate: Path, tmp_path: Path) -> None:
    (tmp_path / "bad" / "a").mkdir(parents=True)
    (tmp_path / "bad" / "a" / "7.png").write_bytes(b"mine")
    records = lo.measure(photos, metrics=METRICS, gate=gate, on_reject="move", rejects=tmp_path / "bad", workers=1)
    assert records.count == 6
    assert sorted(path.relative_to(tmp_path / "bad").as_posix() for path in (tmp_path / "bad").rglob("*.png")) == [
        "a/7 (2).png",
        "a/7.png",
        "b/6.png",
    ]
    assert (tmp_path / "bad" / "a" / "7.png").read_bytes() == b"mine"
    assert len(list(photos.rglob("*.png"))) == 6


def test_what_is_no_file_is_not_moved(gate: Path, tmp_path: Path) -> None:
    blurred = [cv2.GaussianBlur(scene(1), (0, 0), 5)]
    with pytest.raises(ConfigError, match="is no file that could be moved"):
        lo.baseline(blurred * 3, metrics=METRICS, gate=gate, on_reject="move", rejects=tmp_path / "bad", workers=1)


def packed(photos: Path) -> str:
    return shutil.make_archive(str(photos.parent / "packed"), "zip", photos)


@pytest.mark.parametrize("kind", ["zip", "arrays", "url"])
def test_where_one_is_no_file_none_is_read_or_moved(photos: Path, gate: Path, tmp_path: Path, kind: str) -> None:
    # The unfit images come first and could be moved; what could not comes last.
    files: list[object] = [str(path) for path in sorted(photos.rglob("*.png"), reverse=True)]
    source = {"zip": packed(photos), "arrays": [*files, scene(1)], "url": [*files, "https://localhost:9/a.png"]}[kind]
    done: list[int] = []
    how = {"gate": gate, "on_reject": "move", "rejects": tmp_path / "bad", "workers": 1, "cache": False}
    with pytest.raises(ConfigError, match="is no file that could be moved"):
        lo.measure(source, metrics=METRICS, progress=lambda now, _: done.append(now), **how)
    assert done == []
    assert len(list(photos.rglob("*.png"))) == 8
    assert list((tmp_path / "bad").rglob("*.png")) == []


def test_nothing_of_one_side_is_moved_where_the_other_is_an_archive(photos: Path, gate: Path, tmp_path: Path) -> None:
    how = {"gate": gate, "on_reject": "move", "rejects": tmp_path / "bad", "workers": 1, "cache": False}
    for sides in ((photos, packed(photos)), (packed(photos), photos)):
        with pytest.raises(ConfigError, match="is no file that could be moved"):
            lo.compare(*sides, metrics=METRICS, **how)
    assert len(list(photos.rglob("*.png"))) == 8


def test_a_file_that_is_not_there_is_skipped_and_the_others_are_moved(photos: Path, gate: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    names = [path.relative_to(tmp_path).as_posix() for path in sorted(photos.rglob("*.png"))]
    listed.write_text("path\n" + "\n".join([*names, "photos/gone.png"]) + "\n")
    records = lo.measure(
        listed, metrics=METRICS, gate=gate, on_reject="move", rejects=tmp_path / "bad", workers=1, cache=False
    )
    assert (records.count, records.skipped_count) == (6, 1)
    assert len(list((tmp_path / "bad").rglob("*.png"))) == 2


def test_they_are_not_moved_into_the_source(photos: Path, gate: Path) -> None:
    with pytest.raises(OutputUnwritable):
        lo.measure(photos, metrics=METRICS, gate=gate, on_reject="move", rejects=photos / "bad", workers=1)
    assert len([path for path in photos.rglob("*") if path.is_file()]) == 8


def test_nothing_is_moved_where_one_of_two_sources_holds_the_rejects(photos: Path, gate: Path, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    cv2.imwrite(str(tmp_path / "second" / "x.png"), scene(1))
    second = tmp_path / "second"
    with pytest.raises(OutputUnwritable):
        lo.compare(photos, second, gate=gate, on_reject="move", rejects=second / "bad", workers=1)
    assert len(list(photos.rglob("*.png"))) == 8


def test_records_pass_no_gate(photos: Path, gate: Path, tmp_path: Path) -> None:
    lo.measure(photos, metrics=METRICS, workers=1, output=tmp_path / "r.parquet")
    with pytest.raises(ConfigError, match="records that exist already pass no gate"):
        lo.baseline(tmp_path / "r.parquet", gate=gate)
    away = {"gate": gate, "on_reject": "move", "rejects": tmp_path / "bad", "workers": 1, "cache": False}
    with pytest.raises(ConfigError, match="records that exist already pass no gate"):
        lo.compare(photos, tmp_path / "r.parquet", metrics=METRICS, **away)
    assert len(list(photos.rglob("*.png"))) == 8


def test_a_model_is_not_asked_about_unfit_images(photos: Path, gate: Path) -> None:
    asked = []

    def model(pixels: np.ndarray) -> list[float]:
        asked.append(1)
        return [0.75, 0.25]

    how = {"model": model, "card": {"labels": ["cat", "dog"]}, "workers": 1, "cache": False}
    assert lo.measure(photos, metrics=METRICS, gate=gate, **how).count == 6
    few = len(asked)
    assert lo.measure(photos, metrics=METRICS, gate=gate, on_reject="tag", **how).count == 8
    assert len(asked) - few == few + 2


def test_a_source_of_which_nothing_is_fit_says_so(gate: Path) -> None:
    with pytest.raises(NoImages, match=r"refused 3 of 3 images: it is blurred \(3\)") as raised:
        lo.baseline([cv2.GaussianBlur(scene(1), (0, 0), 5)] * 3, metrics=METRICS, gate=gate, workers=1)
    assert raised.value.fields["unfit"] == 3
    assert raised.value.fields["reasons"] == ("it is blurred (3)",)
    assert raised.value.fields["skipped"] == 0


def test_what_cannot_be_read_is_told_where_nothing_else_is_fit(gate: Path) -> None:
    blurred = cv2.GaussianBlur(scene(1), (0, 0), 5)
    with pytest.raises(NoImages, match=r"refused 2 of 2 images.* 1 more cannot be read\. So nothing") as raised:
        lo.baseline([blurred, blurred, b"no image"], metrics=METRICS, gate=gate, workers=1)
    assert (raised.value.fields["unfit"], raised.value.fields["skipped"]) == (2, 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"on_reject": "drop"}, "on_reject is 'drop'"),
        ({"rejects": "x"}, "there is no gate"),
        ({"on_reject": "tag"}, "there is no gate"),
        ({"gate": "composite", "rejects": "x"}, "nothing is moved"),
        ({"gate": "composite", "on_reject": "move"}, "no folder to move to"),
    ],
)
def test_what_contradicts_itself_is_refused(wrong: dict[str, str], said: str, photos: Path) -> None:
    with pytest.raises(ConfigError, match=said):
        lo.measure(photos, **wrong)  # type: ignore[arg-type]


def test_a_report_tells_how_many_are_unfit_now_and_were_before(photos: Path, gate: Path, tmp_path: Path) -> None:
    good = [scene(seed) for seed in range(60)]
    bad = [cv2.GaussianBlur(scene(seed), (0, 0), 5) for seed in range(30)]
    how = {"metrics": METRICS, "workers": 1, "cache": False}
    known = lo.baseline(good + bad[:2], gate=gate, **how)
    known.save(tmp_path / "b.parquet")
    again = lo.Baseline.load(tmp_path / "b.parquet")
    assert again.profile.counts["gate"] == {"fit": 60, "unfit: sharpness": 2}
    report = lo.monitor(good + bad, baseline=again, gate=gate, **how)
    (note,) = [note for note in report.notes if note.startswith("The gate finds")]
    assert note.startswith(
        "The gate finds 33.3% of the window's images unfit, 3.2% of the baseline's: more than chance"
    )
    assert report.summary.startswith("More images are unfit than before, as the gate sees them: 33.3%, before 3.2%. ")
    same = lo.monitor(good + bad[:2], baseline=again, gate=gate, **how)
    (note,) = [note for note in same.notes if note.startswith("The gate finds")]
    assert "no more than chance gives" in note
    lo.Gate.load("threshold", threshold=101, judges=[]).save(tmp_path / "other")
    other = lo.monitor(good + bad, baseline=again, gate=tmp_path / "other", **how)
    assert any("passed another gate than the window's" in note for note in other.notes)
    assert not other.summary.startswith("More images are unfit")
    ungated = lo.monitor(good + bad, baseline=again, **how)
    assert any("passed a gate, and the window's did not" in note for note in ungated.notes)
    without = lo.monitor(good + bad, baseline=lo.baseline(good, **how), gate=gate, **how)
    assert any("the baseline was made without a gate" in note for note in without.notes)
