"""What the columns of somebody's own table mean, by the names that people give them.

Four kinds of tables come from outside: a list of images to read (`sources.table_listing`), predictions made elsewhere
(`measuring.predictions`), labels for images in a log, and plain logs of another program (`log.upkeep`). One word may
mean another thing in each: "label" is the truth in a list of images and what was predicted in a file of predictions. In
every tuple the first name that a table has counts; names are in lower case.
"""

from __future__ import annotations

from collections.abc import Iterable

# The place of an image that is to be read.
IMAGE_PATHS = (
    "path",
    "file_name",
    "filename",
    "file",
    "filepath",
    "file_path",
    "image_path",
    "image_name",
    "image_file",
    "image",
    "url",
)
# The name of an image that lies elsewhere. In results of the COCO form `id` is that of the line.
PREDICTED_IMAGES = ("image_id", "id", "image", "path", "file_name", "filename", "file")
# In a file of labels `id` is what the log calls the image.
LABELLED_IMAGES = ("id", "image_name", "image", "image_id", "path", "image_path", "file_name", "filename", "file")
# In a plain log `id` may count the rows.
LOGGED_IMAGES = ("image_name", "image", "image_path", "path", "file_name", "filename", "image_id", "id")

# What is in an image, in a table that has no predictions.
LISTED_LABELS = ("label", "class", "class_name", "category")
# What is in an image, in a table beside predictions or for them.
TRUE_LABELS = ("label", "true_class", "ground_truth", "truth", "target")
LABELS_OF_LABELLED = (*TRUE_LABELS, "class")

# What a model said, whatever else the table has.
_PREDICTED = ("pred_class", "prediction", "predicted_class", "pred_label")
LOGGED_CLASSES = (*_PREDICTED, "class", "class_name")
PREDICTED_CLASSES = (*_PREDICTED, "label", "category", "class", "class_name", "category_name")
CONFIDENCES = ("confidence", "score", "probability", "conf")

# When a photograph was taken, and when a prediction was made.
CAPTURE_TIMES = ("time", "timestamp", "datetime", "date", "captured_at", "taken_at")
LOGGED_TIMES = ("time", "timestamp", "datetime", "ts", "created_at", "logged_at")

MODEL_NAMES = ("model_name", "model")
MODEL_VERSIONS = ("model_version", "version")

# Marked objects of a whole image in one cell, and a list of predicted ones.
LISTED_OBJECTS = ("objects", "boxes")
PREDICTED_OBJECTS = ("predictions", "objects", "detections")
# The corners of one box, in pixels.
BOX_CORNERS = (
    ("x1", "y1", "x2", "y2"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2"),
)
# A corner and a size.
BOX_SIZED = ("x", "y", "width", "height")


class AliasedColumns:
    """The columns of a table, found by the names that people give them, whatever their case.

    Args:
        names: As the table has them. Of two that differ by case alone the first counts.
    Example:
        >>> columns = AliasedColumns(["Time", "Image_Name", "x1", "y1", "x2", "y2"])
        >>> columns.first(LOGGED_IMAGES), columns.first(CONFIDENCES), columns.corners()
        ('Image_Name', None, ('x1', 'y1', 'x2', 'y2'))
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_name: dict[str, str] = {}
        for name in names:
            self._by_name.setdefault(name.strip().lower(), name)

    def first(self, aliases: Iterable[str]) -> str | None:
        """The column with the first of these names that the table has; None where it has none of them."""
        return next((self._by_name[name] for name in aliases if name in self._by_name), None)

    def corners(self) -> tuple[str, ...]:
        """The four columns of a box's corners; none where the table has no such four."""
        four = next((four for four in BOX_CORNERS if all(name in self._by_name for name in four)), ())
        return tuple(self._by_name[name] for name in four)
