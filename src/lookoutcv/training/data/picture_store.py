"""The pixels of samples, decoded once for all parts and all models, kept on disk in the sizes that these want."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import numpy as np

from lookoutcv.byte_sizes import byte_size
from lookoutcv.errors import OutputUnwritable, TrainingError
from lookoutcv.images import DEFAULT_LIMITS, Limits
from lookoutcv.measuring.options import workers_that_fit
from lookoutcv.models.cards.card import Input
from lookoutcv.progress import Progress, begin_stage
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.sources import ImageRef
from lookoutcv.sources.decoded_images import SkippedImages, decoded_images
from lookoutcv.training.data.division import IntArray, Pixels, Sample
from lookoutcv.training.data.object_samples import cut_out
from lookoutcv.training.data.picture_files.flat_file import FlatFile
from lookoutcv.training.data.picture_files.picture_form import PictureForm, Place, form_key

# 27,000 pictures of 224 x 224 px; and not more than others can spare.
MOST_BYTES = 4 << 30
_FREE_SHARE = 0.5


class PictureStore:
    """Pictures of samples on disk: each image is decoded once, whatever is cut out of it and for how many models.

    What does not fit into its room is decoded again whenever it is wanted, by threads, with the same result. As a
    context, it gives its room back at the end; a process that is killed leaves nothing behind either.

    Args:
        samples: All that will be wanted.
        inputs: How the models want their images; `size` and `resize` must be known.
        roomy: Also keep them whole and larger, to augment.
        folder: On whose disk they are kept; unless given, that of temporary files.
        most_bytes: What they may take; unless given, 4 GiB or half of what is free, whichever is less.
        limits: Images beyond them are skipped.
        threads: That decode; unless given, as many as there are processors and memory for.
        progress: Called as `progress(done, total)` an image.
    Raises:
        OutputUnwritable: Nothing can be written in the folder.
        TrainingError: Not one sample can be read.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        inputs: Iterable[Input],
        *,
        roomy: bool = True,
        folder: str | os.PathLike[str] | None = None,
        most_bytes: int | None = None,
        limits: Limits = DEFAULT_LIMITS,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._samples = tuple(samples)
        self._limits, self._threads = limits, threads or workers_that_fit()
        self._folder = tempfile.gettempdir() if folder is None else os.fspath(folder)
        self._most = _room(self._folder) if most_bytes is None else most_bytes
        self._forms: dict[tuple[Any, ...], PictureForm] = {}
        self._written, self._full, self._not_kept = 0, "", 0
        self._readable: set[int] = set()
        skipped = SkippedImages()
        try:
            for one in inputs:
                self._add(one, roomy)
            self._fill(skipped, progress)
        except BaseException:
            self.close()
            raise
        self.skipped: tuple[Skipped, ...] = tuple(skipped.named)
        self.skipped_count = skipped.count
        if samples and not self._readable:
            self.close()
            first = f" ({self.skipped[0].id}: {self.skipped[0].reason})" if self.skipped else ""
            raise TrainingError(f"none of the {len(samples):,} samples can be read any more{first}", "Check the disk.")

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not as a person would expect, in sentences."""
        if not self._full:
            return ()
        return (
            f"{self._not_kept:,} of {len(self._readable):,} pictures are decoded anew in each epoch, which takes "
            f"longer: {self._full}.",
        )

    def pictures(self, samples: Iterable[Sample], classes: Sequence[str], input: Input, sha256: str) -> StoredPictures:
        """Those of some of the samples, in their order, but for those that cannot be read.

        Args:
            samples: Of those that the store was made of.
            classes: In the order of a model's scores.
            input: One of those that the store was made for.
            sha256: Of what their images hold, as of their `PartSummary`.
        """
        index = {sample.id: number for number, sample in enumerate(self._samples)}
        numbers = [index[sample.id] for sample in samples if index[sample.id] in self._readable]
        place = {label: number for number, label in enumerate(classes)}
        kept = tuple(self._samples[number] for number in numbers)
        labels = np.array([place[sample.label] for sample in kept], np.int64)
        return StoredPictures(self, input, kept, np.array(numbers, np.int64), labels, sha256)

    def close(self) -> None:
        """Give the room on the disk back."""
        for form in self._forms.values():
            if form.file is not None:
                form.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def framed(self, numbers: IntArray, input: Input) -> Pixels:
        """See `Pictures.framed`; numbers are those of the store's samples."""
        assert input.size is not None  # known before
        out = np.empty((len(numbers), *input.size, 3), np.uint8)
        for row, picture in self._pictures(numbers, self._forms[form_key(input, False)], out):
            out[row] = picture
        return out

    def roomy(self, numbers: IntArray, input: Input) -> list[Pixels]:
        """See `Pictures.roomy`; numbers are those of the store's samples."""
        found: list[Any] = [None] * len(numbers)
        form = self._forms.get(form_key(input, True)) or PictureForm(input, True)
        for row, picture in self._pictures(numbers, form, found):
            found[row] = picture
        return found

    def _pictures(self, numbers: IntArray, form: PictureForm, rows: Any) -> Iterator[tuple[int, Pixels]]:
        """Fill in the rows that are kept; yield those that have to be decoded."""
        missing: dict[int, list[int]] = {}
        for row, number in enumerate(numbers.tolist()):
            place = form.places.get(number)
            if place is None or form.file is None:
                missing.setdefault(number, []).append(row)
                continue
            if isinstance(rows, list):
                rows[row] = np.empty(place.shape, np.uint8)
            form.file.read_into(rows[row], place.start)
        strict = SkippedImages(strict=True)
        for number, pixels in self._decoded(missing, strict, None):
            picture = form.made(pixels)
            for row in missing[number]:
                yield row, picture

    def _add(self, input: Input, roomy: bool) -> None:
        for larger in (False, True) if roomy else (False,):
            if form_key(input, larger) not in self._forms:
                try:
                    file = FlatFile(self._folder)
                except OSError as error:
                    why = error.strerror or str(error)
                    raise OutputUnwritable(
                        f"nothing can be written in {self._folder}: {why}",
                        "Make room there, or name another folder for temporary files in TMPDIR.",
                        path=self._folder,
                        reason=why,
                    ) from error
                self._forms[form_key(input, larger)] = PictureForm(input, larger, file)

    def _fill(self, skipped: SkippedImages, progress: Progress | None) -> None:
        begin_stage(progress, "Reading images")
        for number, pixels in self._decoded(range(len(self._samples)), skipped, progress):
            self._readable.add(number)
            for form in self._forms.values():
                if not self._full:
                    self._keep(form, number, form.made(pixels))
            self._not_kept += bool(self._full)

    def _keep(self, form: PictureForm, number: int, picture: Pixels) -> None:
        if self._written + picture.nbytes > self._most:
            self._full = f"all of them would take more than {byte_size(self._most)} of {self._folder}"
            return
        assert form.file is not None
        try:
            form.places[number] = Place(form.file.append(picture), picture.shape)
        except OSError as error:
            self._full = f"{self._folder} is full ({error.strerror or error})"
            return
        self._written += picture.nbytes

    def _decoded(
        self, numbers: Iterable[int], skipped: SkippedImages, progress: Progress | None
    ) -> Iterator[tuple[int, Pixels]]:
        """The pixels of samples by number, those of one image together."""
        of_image: dict[str, list[int]] = {}
        for number in numbers:
            of_image.setdefault(self._samples[number].ref.id, []).append(number)
        refs: list[tuple[str, ImageRef]] = [(id, self._samples[found[0]].ref) for id, found in of_image.items()]
        threads = min(self._threads, len(refs)) or 1
        for one in decoded_images(
            refs, limits=self._limits, skipped=skipped, progress=progress, total=len(refs), threads=threads
        ):
            for number in of_image[one.id]:
                yield number, cut_out(one.image.pixels, self._samples[number].box)


@dataclass(frozen=True, eq=False)
class StoredPictures:
    """Pictures of a part, for one model: a `Pictures`.

    Args:
        store: Holds them; closed, it gives none.
        input: How the model wants them.
        samples: Those that can be read.
        numbers: Of the samples in the store.
        labels: The class of each, (n,) int64.
        sha256: Of what their images hold.
    """

    store: PictureStore = field(repr=False)
    input: Input
    samples: tuple[Sample, ...] = field(repr=False)
    numbers: IntArray = field(repr=False)
    labels: IntArray = field(repr=False)
    sha256: str = field(repr=False)

    def __len__(self) -> int:
        return len(self.samples)

    def framed(self, indices: Sequence[int] | IntArray) -> Pixels:
        """As a model gets them after its card: (n, height, width, 3) uint8 RGB."""
        return self.store.framed(self.numbers[np.asarray(indices, np.int64)], self.input)

    def roomy(self, indices: Sequence[int] | IntArray) -> list[Pixels]:
        """Whole and somewhat larger: each (h, w, 3) uint8 RGB."""
        return self.store.roomy(self.numbers[np.asarray(indices, np.int64)], self.input)


def _room(folder: str) -> int:
    try:
        return min(MOST_BYTES, int(shutil.disk_usage(folder).free * _FREE_SHARE))
    except OSError:  # whoever writes there says why
        return MOST_BYTES
