"""The ways an image is refused, each with a reason of a few words for tables and a sentence that says what to do."""

from __future__ import annotations

from lookoutcv.errors import ImageError, ImageTooLarge, UnreadableImage, UnsupportedImage
from lookoutcv.images.limits import Limits

COPY_AGAIN = "Copy or download it again."
CONVERT = "Convert it to JPEG or PNG."
_LEAD = "the image cannot be read: "


def unreadable(reason: str, remedy: str = COPY_AGAIN, *, detail: str = "") -> UnreadableImage:
    """An error for bytes that are truncated, corrupt or gone. The detail is for the message, not for tables."""
    return UnreadableImage(_LEAD + reason + (f" ({detail})" if detail else ""), remedy, reason=reason)


def unsupported(reason: str, remedy: str = CONVERT) -> UnsupportedImage:
    """An error for what is not an image, or a kind that is not read."""
    return UnsupportedImage(_LEAD + reason, remedy, reason=reason)


def too_large(reason: str, problem: str, remedy: str) -> ImageTooLarge:
    """An error for what takes more than it may: the reason for tables, the problem with its numbers."""
    return ImageTooLarge(_LEAD + problem, remedy, reason=reason)


def check_pixels(width: int, height: int, limits: Limits) -> None:
    """Refuse a size before it is decoded.

    Raises:
        UnreadableImage: A side is under 1.
        ImageTooLarge: More pixels than allowed.
    """
    if width < 1 or height < 1:
        raise unreadable("no pixels")
    if width * height > limits.max_pixels:
        reason = f"larger than {limits.max_pixels_in_words}"
        remedy = "Make it smaller, or raise the limit (max_pixels) if it is to be trusted."
        raise too_large(reason, f"{width} x {height} pixels, {reason}", remedy)


def check_bytes(size_bytes: int, limits: Limits) -> None:
    """Refuse a file before it is read whole.

    Raises:
        ImageTooLarge: More bytes than allowed.
    """
    if size_bytes > limits.max_bytes:
        reason = f"larger than {limits.max_bytes / 2**20:.3g} MiB"
        raise too_large(reason, reason, "Make it smaller, or raise the limit (max_bytes) if it is to be trusted.")


def named(error: ImageError, name: str) -> ImageError:
    """The same error about the image called `name`."""
    problem = f"{name} cannot be read: {error.problem.removeprefix(_LEAD)}"
    return type(error)(problem, error.remedy, id=name, reason=str(error.fields["reason"]))
