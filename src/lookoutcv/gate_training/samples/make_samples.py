"""A folder of sharp and blurred images, with a table that says what each is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError
from lookoutcv.files.outputs import check_output, refuse_inputs, write_output
from lookoutcv.gate_training.labelled_scenes import LABELS_FILE, is_labels_file
from lookoutcv.gate_training.samples.degraded_samples import Degrading, copied_samples, drawn_samples
from lookoutcv.gate_training.samples.degrading import BLURS, NUISANCES
from lookoutcv.gate_training.samples.sample_folder import (
    IMAGES_FOLDER,
    LABELS,
    csv_bytes,
    forget,
    listed_rows,
    prepare,
    sample_row,
    was_added,
    write_png,
)
from lookoutcv.images import Limits
from lookoutcv.progress import Progress
from lookoutcv.sources import open_images
from lookoutcv.sources.decoded_images import DecodedImage, SkippedImages, decoded_images, no_images
from lookoutcv.sources.input_paths import input_paths

# Strengths between slight and plain; the default of patterns is one blur alone, as older services made it.
_DEFAULT_STRENGTHS = (1.0, 2.0, 3.0, 4.0)
_PATTERN_STRENGTH = 3.0
_LEAST_STRENGTH, _MOST_STRENGTH = 0.3, 20.0


@only_known_keywords(types=False)
@dataclass(frozen=True)
class Samples:
    """What was made.

    Args:
        folder: Where it lies.
        labels: The table that says what each image is.
        sharp, blurred: How many images of each.
        scenes: How many different things they show.
        kinds: How they were blurred.
        nuisances: What else was done to them, to sharp and blurred ones alike.
        skipped: Images of the source that could not be read.
        added: Images that `add_samples` added before; they stay.
    """

    folder: Path
    labels: Path
    sharp: int
    blurred: int
    scenes: int
    kinds: tuple[str, ...]
    nuisances: tuple[str, ...]
    skipped: int = 0
    added: int = 0


@only_known_keywords()
def gate_data(
    output: str | os.PathLike[str] = "data",
    *,
    photos: Any = None,
    count: int = 24,
    kinds: str | Sequence[str] | None = None,
    strengths: str | Sequence[float | str] | None = None,
    nuisances: str | Sequence[str] | None = None,
    seed: int = 0,
    force: bool = False,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    progress: Progress | None = None,
) -> Samples:
    """Make sharp and blurred images to fit a gate on.

    Without `photos`: grey pictures of 128 x 128 px with geometric patterns and noise, half of them blurred by a 9x9
    Gaussian of sigma 3. With `photos`: of each, for each nuisance, a sharp copy and a blurred one; kinds and strengths
    take turns. A shorter side of more than 1,024 px is reduced to that.

    Args:
        output: The folder. Images lie below it in raw/cv/sharp and raw/cv/blurred, the table in
            processed/cv/labels.csv; files of these names are replaced where the table is there already. Images that
            `add_samples` added stay.
        photos: Sharp photographs: a folder, an archive, a table; None for patterns.
        count: How many patterns, half of them blurred; or with `photos` the most photographs that are taken, evenly
            spread over all.
        kinds: gaussian, defocus, motion; "all" for all three. Unless given, gaussian for patterns, all for photographs.
        strengths: Widths of the blur in pixels, as standard deviations.
        nuisances: What a camera does to sharp and blurred images alike: none, dark, contrast, noise, jpeg, dark_noise;
            "all" for all. Unless given, none for patterns, all for photographs.
        seed: The same seed draws the same.
        force: Write even though other files lie there.
        max_pixels, max_bytes: As for `measure`.
        progress: Called as `progress(done, total)`.
    Raises:
        ConfigError: A kind, a strength or a nuisance is none.
        OutputUnwritable: The folder holds other files of these names, or is one that is read.
        SourceError: The photographs cannot be listed.
    Example:
        >>> import tempfile
        >>> samples = gate_data(tempfile.mkdtemp())
        >>> samples.sharp, samples.blurred
        (12, 12)
    """
    if count < 2:
        raise ConfigError(f"{option('count')} is {count}", f"Give {option('count')} 2 or more.", key="count")
    if seed < 0:
        raise ConfigError(f"{option('seed')} is {seed}", f"Give {option('seed')} 0 or more.", key="seed")
    blurs = _chosen(kinds, tuple(BLURS), "kinds", ("gaussian",) if photos is None else tuple(BLURS))
    others = _chosen(nuisances, tuple(NUISANCES), "nuisances", ("none",) if photos is None else tuple(NUISANCES))
    widths = _strengths(strengths, (_PATTERN_STRENGTH,) if photos is None else _DEFAULT_STRENGTHS)
    folder = Path(output)
    table = folder / LABELS_FILE
    inputs = [] if photos is None else input_paths(table, photos)
    refuse_inputs(folder, inputs)
    prepare(folder, table, force)
    before = listed_rows(table) if table.is_file() and is_labels_file(table) else []
    added = [row for row in before if was_added(row)]
    check_output(table, LABELS, inputs=inputs, force=force)
    skipped = SkippedImages()
    how = Degrading(blurs, widths, others, seed)
    if photos is None:
        samples = drawn_samples(count, how)
    else:
        samples = copied_samples(_photographs(photos, count, Limits.of(max_pixels, max_bytes), skipped, progress), how)
    rows, counts, scenes = [], {True: 0, False: 0}, set()
    known = {row[0] for row in before}
    try:
        for sample in samples:
            path = IMAGES_FOLDER / ("sharp" if sample.sharp else "blurred") / f"{sample.name}.png"
            write_png(folder / path, sample.pixels)
            rows.append(sample_row(path, sample))
            counts[sample.sharp] += 1
            scenes.add(sample.scene)
        if not rows:
            raise no_images(str(photos), tuple(skipped.named), skipped.count)
    except BaseException:
        # Without a table nobody would know what they are.
        for row in rows:
            if row[0] not in known:
                forget(folder, row[0])
        raise
    write_output(table, csv_bytes([*rows, *added]), LABELS, force=force)
    for old in {row[0] for row in before} - {row[0] for row in (*rows, *added)}:
        forget(folder, old)
    return Samples(folder, table, counts[True], counts[False], len(scenes), blurs, others, skipped.count, len(added))


def _photographs(
    photos: Any, most: int, limits: Limits, skipped: SkippedImages, progress: Progress | None
) -> Iterator[DecodedImage]:
    """At most so many, evenly spread over all."""
    refs = list(open_images(photos))
    step = max(len(refs) / most, 1)
    taken = [refs[int(number * step)] for number in range(min(most, len(refs)))]
    listed = [(ref.id, ref) for ref in taken]
    return decoded_images(listed, limits=limits, skipped=skipped, progress=progress, total=len(taken))


def _chosen(
    given: str | Sequence[str] | None, known: tuple[str, ...], key: str, default: tuple[str, ...]
) -> tuple[str, ...]:
    if given is None:
        return default
    names = _listed(given)
    if names == ["all"]:
        return known
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise ConfigError(
            f"{option(key)} has {unknown[0]!r}" if unknown else f"{option(key)} is empty",
            f"Take some of {', '.join(known)}, or all.",
            key=key,
        )
    return tuple(dict.fromkeys(names))


def _listed(given: str | Sequence[Any]) -> list[str]:
    """Texts of a list, or of a text with commas between."""
    several = [given] if isinstance(given, str) else list(map(str, given))
    return [part.strip() for one in several for part in one.split(",") if part.strip()]


def _strengths(given: str | Sequence[Any] | None, default: tuple[float, ...]) -> tuple[float, ...]:
    try:
        widths = default if given is None else tuple(map(float, _listed(given)))
    except ValueError:
        problem = f"{option('strengths')} has {given!r}, which is not all numbers"
        raise ConfigError(problem, "Give widths in pixels: 1,2,3.", key="strengths") from None
    for width in widths:
        if not _LEAST_STRENGTH <= width <= _MOST_STRENGTH:
            raise ConfigError(
                f"{option('strengths')} has {width:g}",
                f"Give widths of {_LEAST_STRENGTH:g} to {_MOST_STRENGTH:g} pixels.",
                key="strengths",
            )
    if not widths:
        raise ConfigError(f"{option('strengths')} is empty", "Give widths in pixels.", key="strengths")
    return widths
