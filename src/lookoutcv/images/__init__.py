"""From a path, a URL, bytes, an array or a PIL image to one upright RGB image, within limits.

Start with `read`.
"""

from lookoutcv.images.image import Image
from lookoutcv.images.limits import DEFAULT_LIMITS, Limits
from lookoutcv.images.read import Encoded, encoded, read
from lookoutcv.images.thumbnail import thumbnail

__all__ = ["DEFAULT_LIMITS", "Encoded", "Image", "Limits", "encoded", "read", "thumbnail"]
