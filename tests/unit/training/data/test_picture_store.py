"""Pictures come back as the model's own framing makes them, kept or decoded anew, whole or cut out."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drawn_classes import draw_classes, drawn
from lookoutcv.errors import OutputUnwritable, TrainingError, UnreadableImage
from lookoutcv.images import read
from lookoutcv.models.cards.card import Input
from lookoutcv.models.input.framing import framed
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.training.data.division import Sample
from lookoutcv.training.data.picture_files.picture_form import roomier
from lookoutcv.training.data.picture_store import PictureStore, StoredPictures

CUT = Input(size=(32, 32), resize="centre_crop", crop=0.875, interpolation="bicubic")
WIDE = Input(size=(24, 40), resize="stretch")
BOXED = Input(size=(20, 20), resize="letterbox", fill=7)
INPUTS = (CUT, WIDE, BOXED)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    """Nine pictures, one of them lying with EXIF, one of 16 bits; and two objects of the first."""
    folder = draw_classes(tmp_path_factory.mktemp("drawn"), each=3, side=60)
    lying = Image.fromarray(drawn(0, 99, 70)[:50])
    exif = Image.Exif()
    exif[0x0112] = 6
    lying.save(folder / "ring" / "000.png", "jpeg", exif=exif)
    Image.fromarray(drawn(1, 5, 60)[..., 0].astype(np.uint16) * 257).save(folder / "bar" / "001.png")
    paths = sorted(folder.rglob("*.png"))
    found = [Sample(path.name + path.parent.name, path.parent.name, _ref(path)) for path in paths]
    first = found[0].ref
    objects = [(4.2, 5.9, 30.0, 21.5), (-3.0, 40.0, 200.0, 60.0)]
    return [*found, *(Sample(f"{first.id}#{n}", "bar", first, box) for n, box in enumerate(objects))]


def _ref(path: Path) -> ListedRef:
    return ListedRef(path.name + path.parent.name, str(path))


def wanted(sample: Sample) -> np.ndarray:
    pixels = read(sample.ref.load()).pixels
    if sample.box is None:
        return pixels
    x1, y1, x2, y2 = sample.box
    return pixels[int(np.floor(max(y1, 0))) : int(np.ceil(y2)), int(np.floor(max(x1, 0))) : int(np.ceil(min(x2, 60)))]


def pictures(store: PictureStore, samples: list[Sample], one: Input) -> StoredPictures:
    return store.pictures(samples, ("bar", "ring", "square"), one, "ab")


@pytest.mark.parametrize("most_bytes", [None, 30_000, 0])
@pytest.mark.parametrize("threads", [1, 3])
def test_pixels_are_those_of_the_framing_bit_for_bit(
    samples: list[Sample], most_bytes: int | None, threads: int
) -> None:
    with PictureStore(samples, INPUTS, most_bytes=most_bytes, threads=threads) as store:
        for one in INPUTS:
            part = pictures(store, samples[::-1], one)
            assert len(part) == len(samples) == len(part.labels)
            order = [0, 3, 3, len(samples) - 1, 5]
            for pixels, index in zip(part.framed(order), order, strict=True):
                np.testing.assert_array_equal(pixels, framed(wanted(part.samples[index]), one)[0])
            for pixels, index in zip(part.roomy(order), order, strict=True):
                np.testing.assert_array_equal(pixels, roomier(wanted(part.samples[index]), one))
        assert bool(store.notes) == (most_bytes is not None)
        if most_bytes == 0:
            assert store.notes == (
                "11 of 11 pictures are decoded anew in each epoch, which takes longer: all of them would take more "
                f"than 0 bytes of {store._folder}.",
            )


def test_labels_follow_the_order_of_the_classes(samples: list[Sample]) -> None:
    with PictureStore(samples, [CUT], roomy=False) as store:
        part = store.pictures(samples, ("square", "bar", "ring"), CUT, "ab")
        assert part.labels.tolist() == [{"square": 0, "bar": 1, "ring": 2}[sample.label] for sample in samples]
        assert part.labels.dtype == np.int64
        assert part.roomy([1])[0].shape == (37, 37, 3)
        assert part.framed([]).shape == (0, 32, 32, 3)


def test_models_that_differ_in_mean_alone_share_their_pictures(samples: list[Sample]) -> None:
    other = Input(size=(32, 32), resize="centre_crop", crop=0.875, interpolation="bicubic", mean=0.5, std=0.2)
    with PictureStore(samples, [CUT, other]) as store:
        assert len(store._forms) == 2
        np.testing.assert_array_equal(
            pictures(store, samples, other).framed([1]), pictures(store, samples, CUT).framed([1])
        )


@pytest.mark.parametrize(("shape", "roomy"), [((100, 200), (37, 74)), ((20, 300), (20, 300)), ((37, 37), (37, 37))])
def test_roomy_pictures_are_reduced_and_never_enlarged(shape: tuple[int, int], roomy: tuple[int, int]) -> None:
    assert roomier(np.zeros((*shape, 3), np.uint8), CUT).shape == (*roomy, 3)


def test_what_cannot_be_read_any_more_is_no_sample_and_named(samples: list[Sample], tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n")
    both = [*samples[:2], Sample("bad.png", "bar", ListedRef("bad.png", str(bad)))]
    with PictureStore(both, [CUT]) as store:
        assert (store.skipped_count, [one.id for one in store.skipped]) == (1, ["bad.png"])
        assert [sample.id for sample in pictures(store, both, CUT).samples] == [one.id for one in samples[:2]]
    with pytest.raises(TrainingError, match=r"none of the 1 samples can be read any more \(bad.png"):
        PictureStore(both[2:], [CUT])


def test_what_goes_away_while_it_is_decoded_anew_ends_it_by_name(samples: list[Sample], tmp_path: Path) -> None:
    copy = tmp_path / "copy.png"
    shutil.copy(str(samples[1].ref.load()), copy)
    one = Sample("copy.png", "bar", ListedRef("copy.png", str(copy)))
    with PictureStore([one], [CUT], most_bytes=0) as store:
        copy.unlink()
        with pytest.raises(UnreadableImage, match=r"copy.png: the file is gone|copy.png"):
            pictures(store, [one], CUT).framed([0])


def test_progress_is_told_an_image(samples: list[Sample]) -> None:
    told: list[tuple[int, int | None]] = []
    PictureStore(samples, [CUT], progress=lambda done, total: told.append((done, total))).close()
    assert told == [(done, 9) for done in range(1, 10)]


def test_nothing_lies_in_the_folder(samples: list[Sample], tmp_path: Path) -> None:
    with PictureStore(samples, INPUTS, folder=tmp_path) as store:
        assert not list(tmp_path.iterdir())
        assert store._written > 50_000


def test_a_folder_that_cannot_be_written_is_refused_in_a_sentence(samples: list[Sample], tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable, match=r"nothing can be written in .*none: .*TMPDIR"):
        PictureStore(samples, [CUT], folder=tmp_path / "none")
