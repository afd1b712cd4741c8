"""A report in a customer's own clothes: templates of their own and a logo, checked before anything is measured."""

from __future__ import annotations

import base64
import io
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lookoutcv.calls.option_names import option
from lookoutcv.errors import UsageError

# A page's own template is 3 kB, its parts 10.
_MOST_TEMPLATE_BYTES = 1 << 20
_MOST_LOGO_BYTES, _MOST_LOGO_PIXELS = 1 << 20, 16_000_000
# Twice the size at which it is shown, for fine screens.
_LOGO_PX = (640, 96)
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
PAGE = "report.html.j2"


@dataclass(frozen=True)
class Styling:
    """What a page is drawn with.

    Args:
        template: A file that stands in place of `report.html.j2`, or a folder of files that stand in place of those of
            the same names; None for ours.
        logo: A PNG as a data URI; None for none.
    """

    template: Path | None = None
    logo: str | None = None

    @property
    def logo_png(self) -> bytes | None:
        """The logo's bytes."""
        return None if self.logo is None else base64.b64decode(self.logo.partition(",")[2])

    @property
    def page(self) -> str:
        """The name of the template that a page begins with."""
        return PAGE if self.template is None or self.template.is_dir() else self.template.name

    @property
    def load(self) -> Callable[[str], str | None]:
        """A function from a template's name to its text; None where it is not the customer's."""
        place = self.template
        if place is None:
            return lambda name: None
        if place.is_dir():
            return lambda name: _text(place / name) if name == Path(name).name and (place / name).is_file() else None
        return lambda name: _text(place) if name == place.name else None


PLAIN = Styling()


def load_styling(
    template: str | os.PathLike[str] | None = None, logo: str | os.PathLike[str] | bytes | None = None
) -> Styling:
    """Check a template and a logo.

    Args:
        template: A Jinja file or a folder of such.
        logo: A PNG, JPEG, WebP or GIF file, or its bytes.
    Raises:
        UsageError: The template is not there or cannot be read, or the logo is no picture or too large.
    Example:
        >>> load_styling().page
        'report.html.j2'
    """
    place = None if template is None else Path(template)
    if place is not None and not place.exists():
        raise UsageError(f"{option('template')}: {place} is not there", "Give a Jinja file, or a folder of them.")
    styling = Styling(place, None if logo is None else _logo(logo))
    if place is not None and not place.is_dir():
        styling.load(place.name)
    return styling


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_TEMPLATE_BYTES:
            raise UsageError(
                f"{option('template')}: {path} is larger than 1 MB", "Give a Jinja template; put no images into it."
            )
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as reason:
        raise UsageError(
            f"{option('template')}: {path} cannot be read ({reason})", "Give a text file in UTF-8."
        ) from reason


def _logo(logo: str | os.PathLike[str] | bytes) -> str:
    """The picture anew, small, as PNG: what else the file held is not passed on."""
    from PIL import Image  # noqa: PLC0415 - only a page with a logo pays for it

    remedy = "Give a PNG, JPEG, WebP or GIF of up to 1 MB."
    try:
        data = logo if isinstance(logo, bytes) else _bytes(Path(logo))
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                if image.width * image.height > _MOST_LOGO_PIXELS:
                    raise UsageError(f"{option('logo')}: {image.width} x {image.height} pixels are too many", remedy)
                image.thumbnail(_LOGO_PX)
                drawn = io.BytesIO()
                image.convert("RGBA").save(drawn, "PNG", optimize=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as reason:
        raise UsageError(f"{option('logo')}: no picture that can be read ({reason})", remedy) from reason
    return f"data:image/png;base64,{base64.b64encode(drawn.getvalue()).decode()}"


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_MOST_LOGO_BYTES + 1)
    if len(data) > _MOST_LOGO_BYTES:
        raise ValueError("larger than 1 MB")
    return data
