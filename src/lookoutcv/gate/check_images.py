"""Many images asked about one after the other: a verdict each, none left out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import ImageError, MetricFailed, NoImages
from lookoutcv.gate.gate import DEFAULT_VARIANT, Gate
from lookoutcv.gate.opened_gate import opened_gate
from lookoutcv.gate.opinions import unreadable
from lookoutcv.gate.verdict_file import VerdictWriter, verdict_file
from lookoutcv.images import Limits
from lookoutcv.progress import Progress
from lookoutcv.results.gate_verdict import CANNOT_TELL, GateOpinion, GateVerdict
from lookoutcv.secrets import masked
from lookoutcv.sources import ImageRef, Source, notes_of, open_images
from lookoutcv.sources.decoded_images import UNREADABLE, decoded
from lookoutcv.sources.input_paths import input_paths

FOLDER = "folder"


@only_known_keywords(types=False)
@dataclass(frozen=True)
class GateVerdicts:
    """Verdicts on images.

    Args:
        gate: The gate's folder, or its variant's name.
        count: How many images were asked about.
        items: A verdict an image, in order; empty where they were written to a file instead.
        counts: Of "fit", "unfit" and "cannot tell".
        reasons: How many images each judge found unfit or could not tell of.
        cut_words: What the cut means for good images, in a sentence.
        notes: How the source was read, in sentences.
    """

    gate: str
    count: int
    items: tuple[GateVerdict, ...]
    counts: dict[str, int]
    reasons: dict[str, int]
    cut_words: str
    notes: tuple[str, ...] = ()


@only_known_keywords()
def check_images(
    images: Any,
    gate: str | os.PathLike[str] | Gate = DEFAULT_VARIANT,
    *,
    threshold: float | None = None,
    judges: list[str] | None = None,
    camera: str | None = None,
    output: str | os.PathLike[str] | None = None,
    force: bool = False,
    raw: bool = False,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    progress: Progress | None = None,
) -> GateVerdicts:
    """Whether images are fit to use: a verdict each, in order, those that cannot be read too.

    Args:
        images: An image, a folder, an archive, a sequence; or several paths of such.
        gate: What `Gate.load` takes, or what it gave.
        threshold: Of the variant `threshold`, a cut in place of the gate's own.
        judges: Beside sharpness, only these; ["none"] or an empty list for none.
        camera: All images are this camera's, in their order, so that judges with memory judge too; "folder" where each
            folder is one. A source's own column of cameras goes before it.
        output: Write the verdicts to this .json, .jsonl or .csv file as they come. The result then holds none, so that
            memory stays constant however many images there are.
        force: Replace a file that lies there and holds no verdicts, too.
        raw: Of CSV: texts as they are, whatever a spreadsheet makes of them.
        max_pixels, max_bytes: Images beyond them are unfit.
        progress: Called as `progress(done, total)`.
    Raises:
        FileFormatError: There is no gate at that place, or it is damaged.
        SourceError: The images cannot be listed.
        NoImages: There is none.
        OutputUnwritable: The file cannot be written there.
    Example:
        >>> import numpy as np
        >>> check_images([np.zeros((64, 64, 3), np.uint8)], "threshold", threshold=100).counts["unfit"]
        1
    """
    chosen = [] if judges == ["none"] else judges
    opened = opened_gate(gate, threshold=threshold, judges=chosen)
    sources = [open_images(target) for target in _targets(images)]
    limits = Limits.of(max_pixels, max_bytes)
    inputs = [] if output is None else [*input_paths(output, images), *([opened.place] if opened.place else [])]
    items: list[GateVerdict] = []
    counts = Counter({"fit": 0, "unfit": 0, "cannot tell": 0})
    reasons: Counter[str] = Counter()
    with ExitStack() as stack:
        writer: VerdictWriter | None = None
        if output is not None:
            writer = stack.enter_context(verdict_file(output, inputs=inputs, force=force, raw=raw))
        for verdict in _verdicts(opened, sources, camera, limits, progress):
            counts[verdict.verdict] += 1
            reasons.update(one.judge for one in verdict.opinions)
            if writer is None:
                items.append(verdict)
            else:
                writer.add(verdict)
        if not counts.total():
            names = ", ".join(masked(source.name) for source in sources)
            raise NoImages(f"there is no image in {names}", "Give images or folders of images.", source=names)
    notes = tuple(masked(note) for source in sources for note in notes_of(source))
    return GateVerdicts(opened.name, counts.total(), tuple(items), dict(counts), dict(reasons), opened.cut.words, notes)


def _verdicts(
    gate: Gate, sources: list[Source], camera: str | None, limits: Limits, progress: Progress | None
) -> Iterator[GateVerdict]:
    counted = [source.count() for source in sources]
    total = None if None in counted else sum(filter(None, counted))
    done = 0
    for source in sources:
        alone, single = len(sources) == 1, getattr(source, "single", False)
        before = "" if alone or single else f"{masked(source.name)}/"
        for ref in source:
            # Of several files each is called as it was given: those of one name from two folders are two.
            name = masked(source.name) if single and not alone else before + ref.id
            yield _verdict(gate, ref, name, camera, limits)
            done += 1
            if progress is not None:
                progress(done, total)


def _verdict(gate: Gate, ref: ImageRef, name: str, camera: str | None, limits: Limits) -> GateVerdict:
    try:
        image = decoded(ref, limits)
    except UNREADABLE as error:
        return unreadable(name, error.reason if isinstance(error, ImageError) else error.problem)
    whose = str(ref.tags["camera"]) if camera is not None and ref.tags.get("camera") else camera
    if whose == FOLDER:
        whose = str(PurePosixPath(name).parent)
    try:
        return gate.check(image, camera=whose, id=name)
    except MetricFailed as error:  # a verdict each, none left out
        opinion = GateOpinion(str(error.fields.get("metric", "gate")), None, error.problem)
        return GateVerdict(name, "cannot tell", None, CANNOT_TELL, None, None, (error.problem,), (opinion,))


def _targets(images: Any) -> list[Any]:
    """Several paths are several sources; a sequence of images is one."""
    several = isinstance(images, list | tuple) and images and all(isinstance(one, str | os.PathLike) for one in images)
    return list(images) if several else [images]
