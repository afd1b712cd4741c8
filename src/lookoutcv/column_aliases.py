"""What the columns of somebody's own table mean, by the names that people give them.

Four kinds of tables come from outside: a list of images to read (`sources.table_listing`), predictions made elsewhere
(`measuring.predictions`), labels for images in a log, and plain logs of another program (`log.upkeep`); and libraries
return the same names in mappings (`adapters`). One word may
mean another thing in each: "label" is the truth in a list of images and what was predicted in a file of predictions. In
every tuple the first name that a table has counts; names are as `column_key` gives them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

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
    "image_id",
)
# The image itself, as bytes; the last three only in a table that names no images.
EMBEDDED_IMAGES = ("image", "img", "picture", "photo", "image_bytes", "img_bytes", "image_data", "jpg", "jpeg", "png")
EMBEDDED_ALONE = (*EMBEDDED_IMAGES, "bytes", "content", "data")
# The name of an image that lies elsewhere. In results of the COCO form `id` is that of the line.
PREDICTED_IMAGES = (
    "image_id",
    "id",
    "image",
    "path",
    "file_name",
    "filename",
    "file",
    "image_name",
    "image_path",
    "image_file",
    "filepath",
    "file_path",
)
# In a file of labels `id` is what the log calls the image.
LABELLED_IMAGES = ("id", "image_name", "image", "image_id", "path", "image_path", "file_name", "filename", "file")
# In a plain log `id` may count the rows.
LOGGED_IMAGES = ("image_name", "image", "image_path", "path", "file_name", "filename", "image_id", "id")

# What is in an image, in a table that has no predictions.
LISTED_LABELS = ("label", "class", "class_name", "category", "category_name", "class_label", "label_name", "choice")
# What is in an image, in a table beside predictions or for them.
TRUE_LABELS = ("label", "true_class", "ground_truth", "truth", "target")
LABELS_OF_LABELLED = (*TRUE_LABELS, "class")

# What a model said, whatever else the table has: beside these a column "label" is the truth.
PREDICTED = (
    "pred_class",
    "prediction",
    "predicted_class",
    "pred_label",
    "predicted_label",
    "pred_class_name",
    "predicted_class_name",
    "pred_name",
    "predicted_name",
    "pred_category",
    "predicted_category",
    "predicted",
    "pred",
    "y_pred",
    "y_hat",
    "yhat",
    "prediction_label",
    "prediction_class",
    "label_pred",
    "class_pred",
    "label_predicted",
    "class_predicted",
    "model_prediction",
    "model_label",
    "inferred_label",
    "inferred_class",
    "detected_label",
    "detected_class",
    "top1_label",
    "top1_class",
    "top1",
    "preds",
    "predictions",
)
LOGGED_CLASSES = (*PREDICTED, "class", "class_name")
# Where a table has none of those: what it calls a class.
BARE_CLASSES = ("label", "category", "class", "class_name", "category_name", "class_label")
PREDICTED_CLASSES = (*PREDICTED, *BARE_CLASSES)
CONFIDENCES = (
    "confidence",
    "score",
    "probability",
    "conf",
    "prob",
    "pred_confidence",
    "predicted_confidence",
    "prediction_confidence",
    "confidence_score",
    "pred_score",
    "predicted_score",
    "prediction_score",
    "pred_prob",
    "predicted_probability",
    "pred_conf",
    "y_score",
    "y_prob",
    "top1_score",
    "certainty",
)

# When a photograph was taken, and when a prediction was made.
CAPTURE_TIMES = ("time", "timestamp", "datetime", "date", "captured_at", "taken_at")
LOGGED_TIMES = ("time", "timestamp", "datetime", "ts", "created_at", "logged_at")

MODEL_NAMES = ("model_name", "model")
MODEL_VERSIONS = ("model_version", "version")

# Marked objects of a whole image in one cell, and a list of predicted ones.
LISTED_OBJECTS = ("objects", "boxes")
PREDICTED_OBJECTS = ("predictions", "objects", "detections")
# The corners of one box, in pixels.
BOX_CORNERS = tuple(
    tuple(before + side for side in sides)
    # A column of an object `box` is called `box.x1` where a table was made of it.
    for before in ("", "bbox_", "box_", "bbox.", "box.")
    for sides in (
        ("x1", "y1", "x2", "y2"),
        ("xmin", "ymin", "xmax", "ymax"),
        ("x_min", "y_min", "x_max", "y_max"),
        ("left", "top", "right", "bottom"),
    )
)
# A corner and a size.
BOX_SIZED = (
    ("x", "y", "width", "height"),
    ("x", "y", "w", "h"),
    ("left", "top", "width", "height"),
    ("xmin", "ymin", "width", "height"),
    ("x_min", "y_min", "width", "height"),
    ("x1", "y1", "width", "height"),
    ("bbox_x", "bbox_y", "bbox_w", "bbox_h"),
    ("bbox_x", "bbox_y", "bbox_width", "bbox_height"),
    ("bbox_left", "bbox_top", "bbox_width", "bbox_height"),
)
# A centre and a size.
BOX_CENTRED = (
    ("x_center", "y_center", "width", "height"),
    ("x_centre", "y_centre", "width", "height"),
    ("center_x", "center_y", "width", "height"),
    ("xcenter", "ycenter", "width", "height"),
    ("x_center", "y_center", "w", "h"),
    ("center_x", "center_y", "w", "h"),
    ("cx", "cy", "width", "height"),
    ("cx", "cy", "w", "h"),
    ("xc", "yc", "w", "h"),
)
# One box in one cell: an object with any of the names above.
BOX_OBJECTS = ("box", "bbox", "bounding_box", "boundingbox", "bndbox")
# The size of the image that a row is of.
IMAGE_SIZES = (
    ("image_width", "image_height"),
    ("img_width", "img_height"),
    ("original_width", "original_height"),
    ("width_px", "height_px"),
    ("img_w", "img_h"),
    ("width", "height"),
)
# Columns that only Roboflow has: its x and y are the centre of the box, wherever others' are a corner.
CENTRED_BESIDE = ("detection_id", "prediction_type")


def corners_of(form: str, four: Sequence[float]) -> tuple[float, float, float, float]:
    """The corners of a box that is written in one of the forms of `AliasedColumns.box`.

    Example:
        >>> corners_of("sized", [1, 2, 4, 6]), corners_of("centred", [3, 5, 4, 6])
        ((1, 2, 5, 8), (1.0, 2.0, 5.0, 8.0))
    """
    x, y, right, bottom = four
    if form == "centred":
        x, y = x - right / 2, y - bottom / 2
    return (x, y, right, bottom) if form == "corners" else (x, y, x + right, y + bottom)


_WORDS_OF_A_NAME = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\s_-]+")


@lru_cache(maxsize=4096)
def column_key(name: str) -> str:
    """The name of a column as the lists here have it: lower case, words with one underscore.

    Example:
        >>> column_key(" Predicted Label"), column_key("imageName"), column_key("x-min"), column_key("X1")
        ('predicted_label', 'image_name', 'x_min', 'x1')
    """
    return "_".join(_WORDS_OF_A_NAME.sub(" ", name.strip()).lower().split())


class AliasedColumns:
    """The columns of a table, found by the names that people give them, whatever their case and between words.

    Args:
        names: As the table has them. Of two that differ by case alone the first counts.
    Example:
        >>> columns = AliasedColumns(["Time", "Image_Name", "x1", "y1", "x2", "y2"])
        >>> columns.first(LOGGED_IMAGES), columns.first(CONFIDENCES), columns.box()
        ('Image_Name', None, ('corners', ('x1', 'y1', 'x2', 'y2')))
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_name: dict[str, str] = {}
        for name in names:
            self._by_name.setdefault(column_key(name), name)

    def first(self, aliases: Iterable[str]) -> str | None:
        """The column with the first of these names that the table has; None where it has none of them."""
        return next((self._by_name[name] for name in aliases if name in self._by_name), None)

    def box(self) -> tuple[str, tuple[str, ...]]:
        """How the table says where one box is ("corners", "sized", "centred"), and the four columns; none where it has
        no such four.

        Example:
            >>> AliasedColumns(["cx", "cy", "w", "h"]).box(), AliasedColumns(["x1"]).box()
            (('centred', ('cx', 'cy', 'w', 'h')), ('', ()))
        """
        for form, names in (("corners", BOX_CORNERS), ("sized", BOX_SIZED), ("centred", BOX_CENTRED)):
            four = next((four for four in names if all(name in self._by_name for name in four)), None)
            if four is not None:
                centred = four[:2] == ("x", "y") and any(name in self._by_name for name in CENTRED_BESIDE)
                return "centred" if centred else form, tuple(self._by_name[name] for name in four)
        return "", ()

    def size(self, taken: Sequence[str] = ()) -> tuple[str, ...]:
        """The columns of the image's width and height; none where the table has no such two.

        Args:
            taken: Columns that say where a box is.
        Example:
            >>> columns = AliasedColumns(["filename", "Width", "Height", "xmin", "ymin", "xmax", "ymax"])
            >>> columns.size(columns.box()[1]), AliasedColumns(["x", "y", "width"]).size()
            (('Width', 'Height'), ())
        """
        found = (tuple(self._by_name.get(name, "") for name in two) for two in IMAGE_SIZES)
        return next((two for two in found if all(two) and not set(two) & set(taken)), ())
