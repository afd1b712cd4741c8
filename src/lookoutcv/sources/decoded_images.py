"""Images decoded one after the other, within limits; those that cannot be read are skipped and named, or end it.

The one way in which the images of a source become pixels: `measuring` and `inference` read here, and whoever looks at a
few images a second time.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from lookoutcv.errors import ImageError, ImageTooLarge, LookoutError, NoImages, RuntimeDied, ShapeMismatch
from lookoutcv.files.rows import LINES, SEPARATED, TABLES
from lookoutcv.images import DEFAULT_LIMITS, Image, Limits, read
from lookoutcv.progress import Progress
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.sources.kinds.base import ImageRef, loaded

# Names beyond this are counted, not kept.
MOST_NAMED_SKIPS = 1000
# What makes an image one that is skipped.
UNREADABLE = (ImageError, ShapeMismatch)


@dataclass
class SkippedImages:
    """Images that were left out, and why: all are counted, the first `MOST_NAMED_SKIPS` are named.

    Args:
        strict: Nothing may be left out: the first such image ends it.
        named: The first of them.
        count: How many there are.
    """

    strict: bool = False
    named: list[Skipped] = field(default_factory=list)
    count: int = 0

    def add(self, id: str, error: LookoutError) -> None:
        """Note an image that cannot be read or measured.

        Raises:
            LookoutError: With `strict`, the error itself, which names the image.
        """
        if self.strict:
            raise (error if id in error.problem else error.about(id)) from None
        self.extend([Skipped(id, error.reason if isinstance(error, ImageError | RuntimeDied) else error.problem)])

    def extend(self, skipped: Iterable[Skipped]) -> None:
        """Note what was left out elsewhere."""
        for image in skipped:
            self.count += 1
            if len(self.named) < MOST_NAMED_SKIPS:
                self.named.append(image)


@dataclass(frozen=True, eq=False)
class DecodedImage:
    """An image of a source, decoded.

    Args:
        id: What it is called among all that are read.
        image: Its pixels and what its file says.
        ref: What its source says.
    """

    id: str
    image: Image
    ref: ImageRef


def decoded(ref: ImageRef, limits: Limits = DEFAULT_LIMITS) -> Image:
    """One image of a source.

    Raises:
        ImageError, ShapeMismatch: It cannot be read, or is beyond the limits.
    """
    return read(loaded(ref, limits), limits=limits)


def decoded_images(
    listed: Iterable[tuple[str, ImageRef]],
    *,
    limits: Limits = DEFAULT_LIMITS,
    skipped: SkippedImages | None = None,
    progress: Progress | None = None,
    total: int | None = None,
    threads: int = 1,
) -> Iterator[DecodedImage]:
    """Images as they come, in order; one is in memory at a time, or one a thread and one more.

    Args:
        listed: What each is called, and where it is.
        limits: An image beyond them is skipped.
        skipped: Takes those that cannot be read; its `strict` decides whether the first one ends it.
        progress: Called as `progress(done, total)` after each image.
        total: How many there are, where that is known.
        threads: That decode; each format's library lets others work meanwhile.
    Raises:
        ImageError, ShapeMismatch: With `skipped.strict`, the first that cannot be read.
    Example:
        >>> import numpy as np
        >>> from lookoutcv.sources import open_source
        >>> skipped = SkippedImages()
        >>> source = open_source([np.zeros((2, 2, 3), np.uint8), "nowhere.jpg"])
        >>> [one.id for one in decoded_images(((ref.id, ref) for ref in source), skipped=skipped)], skipped.count
        (['0000'], 1)
    """
    left_out = SkippedImages() if skipped is None else skipped
    attempts = _in_turn(listed, limits) if threads == 1 else _ahead(listed, limits, threads)
    for done, (id, ref, found) in enumerate(attempts, start=1):
        if not isinstance(found, Image):
            left_out.add(id, found)
        if progress is not None:
            progress(done, total)
        if isinstance(found, Image):
            yield DecodedImage(id, found, ref)


# An image with what its source says of it, or why there is none.
_Attempt = tuple[str, ImageRef, Image | LookoutError]


def _attempt(id: str, ref: ImageRef, limits: Limits) -> _Attempt:
    try:
        return id, ref, decoded(ref, limits)
    except UNREADABLE as error:
        return id, ref, error


def _in_turn(listed: Iterable[tuple[str, ImageRef]], limits: Limits) -> Iterator[_Attempt]:
    for id, ref in listed:
        yield _attempt(id, ref, limits)


def _ahead(listed: Iterable[tuple[str, ImageRef]], limits: Limits, threads: int) -> Iterator[_Attempt]:
    waiting: deque[Future[_Attempt]] = deque()

    def first() -> _Attempt:
        id, ref, found = waiting.popleft().result()
        if not isinstance(found, ImageTooLarge):
            return id, ref, found
        # The others may have taken the memory that it needs: once more, when they are done.
        wait(waiting)
        return _attempt(id, ref, limits)

    with ThreadPoolExecutor(threads, "decode") as pool:
        try:
            for id, ref in listed:
                waiting.append(pool.submit(_attempt, id, ref, limits))
                if len(waiting) > threads:
                    yield first()
            while waiting:
                yield first()
        finally:
            # Whoever stops early waits for no image that nobody wants.
            for future in waiting:
                future.cancel()


def decoded_again(
    source: Iterable[ImageRef] | None, ids: Iterable[str], limits: Limits = DEFAULT_LIMITS
) -> Iterator[DecodedImage]:
    """A few images of a source a second time, in its order.

    One that cannot be read any more is left out: it was there a moment ago, and the others can still be used. The
    source is listed no further than to the last of them.

    Args:
        source: Where they are; None where no images are at hand.
        ids: Which.
        limits: As the first time.
    """
    missing = set(ids)

    def wanted() -> Iterator[tuple[str, ImageRef]]:
        for ref in source if source is not None and missing else ():
            if ref.id in missing:
                missing.remove(ref.id)
                yield ref.id, ref
                if not missing:
                    return

    return decoded_images(wanted(), limits=limits)


def no_images(name: str, skipped: Iterable[Skipped], count: int) -> NoImages:
    """The error that says why nothing could be read."""
    if not count:
        return NoImages(f"there are no images in {name}", "Check the path.", source=name, skipped=())
    if count == 1:
        (only,) = skipped
        return NoImages(
            f"the only file in {name} cannot be read ({only.reason})",
            "Give images.",
            source=name,
            skipped=(only,),
        )
    named = tuple(skipped)
    reasons = Counter(one.reason for one in named)
    most_common = "; ".join(f"{times:,} x {reason}" for reason, times in reasons.most_common(3))
    if len(named) < count:
        most_common = f"of the first {len(named):,}: {most_common}"
    remedy = "Give a source of images, or correct what the reasons name."
    if set(reasons) == {"the file is gone"} and name.lower().endswith((*SEPARATED, *LINES, *TABLES)):
        remedy = f"Its paths start from its own folder; where they start from another, name that: '{name}?root=FOLDER'."
    return NoImages(
        f"none of the {count:,} files in {name} could be read as an image ({most_common})",
        remedy,
        source=name,
        skipped=named,
    )
