"""Images retained beside the log, to look at later: none, those that are flagged, a share, or all, within a budget.

A picture is written before its row, so that no row names one that is not there. Local tables get it in place; for an
object store it waits in the spool and is sent before the rows are committed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import quote, unquote

import numpy as np
import simplejpeg

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import ConfigError, LookoutError
from lookoutcv.files.atomic import write_bytes
from lookoutcv.images import Image
from lookoutcv.images.read import encoded
from lookoutcv.images.thumbnail import thumbnail
from lookoutcv.log.table.arguments import checked_share
from lookoutcv.log.table.own_files import PICTURES, is_picture

Which = Literal["none", "flagged", "sampled", "all"]
Form = Literal["thumbnail", "full"]

# To see what is in a picture, not to read its small print.
_SIDE_PX = 320
_QUALITY = 95
_DAY_SECONDS = 86_400
_SUFFIXES = {"jpeg": "jpg", "tiff": "tif"}


@only_known_keywords()
@dataclass(frozen=True)
class ImageRetention:
    """Which pictures are kept beside the log.

    Args:
        which: "none"; "flagged": those of calls with `flagged=True`, or with something in `problems`; "sampled": these
            and a share of the others, by chance; "all".
        form: "thumbnail": a JPEG of at most 320 px; "full": the file as it was given, with all that is in it (place and
            camera too), or a JPEG of an array.
        share: Of the others, with "sampled"; 0 to 1.
        bytes_a_day: Most that one process keeps for one model in a day (UTC); pictures beyond it are not kept.
    Raises:
        ConfigError: An argument means nothing.
    Example:
        >>> ImageRetention("sampled", share=0.05).form
        'thumbnail'
    """

    which: Which = "none"
    form: Form = "thumbnail"
    share: float = 0.01
    bytes_a_day: int = 100 << 20

    def __post_init__(self) -> None:
        for key, value, known in (("which", self.which, get_args(Which)), ("form", self.form, get_args(Form))):
            if value not in known:
                raise ConfigError(f"image retention: {key} is {value!r}", f"Give one of {', '.join(known)}.", key=key)
        checked_share(self.share, "share")
        if not isinstance(self.bytes_a_day, int) or self.bytes_a_day < 0:
            raise ConfigError(f"bytes_a_day is {self.bytes_a_day!r}", "Give a number, 0 or more.", key="bytes_a_day")


def image_retention_of(retention: Which | ImageRetention) -> ImageRetention:
    """The settings that a logger was given, or their short form."""
    return retention if isinstance(retention, ImageRetention) else ImageRetention(retention)


class ImageRetainer:
    """Retains images of one writer.

    Args:
        settings: Which.
        place: The local folder that stands for the table: the table itself, or the spool of an object store.
        model: Its name.
        writer: Of the rows.
    """

    def __init__(self, settings: ImageRetention, place: Path, model: str, writer: str) -> None:
        self._settings, self._place, self._writer = settings, place, writer
        self._model = quote(model, safe="")
        self._day, self._spent = 0, 0
        # Without a pattern that falls in step with cameras.
        self._chance = random.Random()

    @property
    def idle(self) -> bool:
        """Whether nothing is ever kept."""
        return self._settings.which == "none"

    def retain(self, row: Mapping[str, Any], source: Any, image: Image) -> str | None:
        """Keep the picture of a row, if it is one of those.

        Args:
            row: With `flagged`, `time` (microseconds since 1970) and `sequence`.
            source: As it was given to the logger.
            image: It, read.
        Returns:
            Where it is, below the table, with forward slashes; None where it is not kept.
        Raises:
            OutputUnwritable, LookoutError: It cannot be written, or the file is gone.
        """
        if not self._wanted(bool(row.get("flagged"))):
            return None
        data, suffix = self._bytes(source, image)
        if not self._afforded(len(data)):
            return None
        day = time.strftime("%Y-%m-%d", time.gmtime(row["time"] // 1_000_000))
        name = f"{PICTURES}/model={self._model}/day={day}/{self._writer}-{row['sequence']}.{suffix}"
        target = self._place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(target, data)
        return name

    def _wanted(self, flagged: bool) -> bool:
        which = self._settings.which
        if which == "all":
            return True
        return (flagged and which != "none") or (which == "sampled" and self._chance.random() < self._settings.share)

    def _afforded(self, size: int) -> bool:
        today = int(time.time()) // _DAY_SECONDS
        if today != self._day:
            self._day, self._spent = today, 0
        if self._spent + size > self._settings.bytes_a_day:
            return False
        self._spent += size
        return True

    def _bytes(self, source: Any, image: Image) -> tuple[bytes, str]:
        if self._settings.form == "thumbnail":
            return thumbnail(image.pixels, _SIDE_PX), "jpg"
        file = encoded(source)
        if file is not None:
            return bytes(file.data), _SUFFIXES.get(image.format, image.format)
        return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(image.pixels), _QUALITY, "RGB", "444")), "jpg"


def picture_partition(path: str) -> tuple[str, date] | None:
    """The model and the day that a picture is of, by its folder; None for a file that is no picture of a logger.

    Example:
        >>> picture_partition("_retained_images/model=a%2Fb/day=2026-05-04/host-7-0123456789ab-1.jpg")
        ('a/b', datetime.date(2026, 5, 4))
    """
    if not is_picture(path):
        return None
    parts = path.split("/")
    try:
        return unquote(parts[1][6:]), date.fromisoformat(parts[2][4:])
    except ValueError:
        return None


def retain_noted(retainer: ImageRetainer, row: dict[str, Any], source: Any, image: Image) -> None:
    """Retain an image if it is one of those; what goes wrong is noted in the row."""
    try:
        path = retainer.retain(row, source, image)
    except (OSError, LookoutError, ValueError) as reason:
        row["problems"] = [*(row.get("problems") or []), f"the image was not retained: {type(reason).__name__}"]
        return
    if path is not None:
        row["retained_image"] = path
