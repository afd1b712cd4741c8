"""What a package says of itself: package.json."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar

from lookoutcv.byte_sizes import byte_size
from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.results.result import Result, StoredResult
from lookoutcv.results.training_run import WeightsOrigin

MANIFEST = "package.json"
CARD = "model.card.yaml"
WEIGHTS = "model.safetensors"
BASELINE = "baseline.parquet"
SPLIT = "split.parquet"
RUN = "run.json"
DATA_CHECK = "data.json"
EVALUATION = "evaluation.json"
MODEL_CARD = "README.md"

# Names that mean the same on every system: no separators but forward slashes, no devices, no hidden parts.
_PART = r"(?!(?i:con|prn|aux|nul|com\d|lpt\d)(?:\.|/|$))[A-Za-z0-9_][A-Za-z0-9_.+ -]{0,119}(?<![. ])"
_NAME = re.compile(rf"{_PART}(?:/{_PART}){{0,4}}")
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class PackedFile(Result):
    """A file of a package.

    Args:
        name: Below the package, with forward slashes.
        bytes: How many.
        sha256: Of them, in hexadecimal.
    """

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Backbone(Result):
    """The network that the weights belong to: with it and them it can be made again and taught on.

    Args:
        library: "timm".
        name: Of it there.
        parameters: How many numbers it holds.
    """

    library: str
    name: str
    parameters: int


@dataclass(frozen=True)
class Agreement(Result):
    """What two forms of one model say of the same images.

    Args:
        images: How many were compared.
        greatest_difference: Of any output.
        tolerance: What is allowed.
        of: What was compared: "logits of PyTorch and onnxruntime".
    """

    images: int
    greatest_difference: float
    tolerance: float
    of: str


@dataclass(frozen=True)
class SmallModel(Result):
    """The model in whole numbers of 8 bits, and what that costs.

    Args:
        file: Its name.
        bytes: Of its file.
        images: That it was compared on.
        accuracy: Of it, 0 to 1.
        full_accuracy: Of the model itself on the same images.
        agreement: Share of the images for which both name the same class.
        calibration_images: On how many images its ranges were measured.
        low, high: Ends of the 95% interval of the accuracy that is lost, -1 to 1 (Tango, 1998); None where nobody
            counted.
        part: Of the images, those that it was compared on: "test" for such as chose nothing; None where that is not
            known.
    """

    file: str
    bytes: int
    images: int
    accuracy: float
    full_accuracy: float
    agreement: float
    calibration_images: int
    low: float | None = None
    high: float | None = None
    part: str | None = None

    @property
    def sentence(self) -> str:
        """What it loses.

        Example:
            >>> small = SmallModel("model.int8.onnx", 2_500_000, 300, 0.88, 0.90, 0.95, 128, 0.002, 0.04, "test")
            >>> small.sentence.partition(":")[2]
            ' 2.50 MB, right on 88.0% of 300 test images where the model itself is on 90.0% (it loses 0.2 to 4.0 points,
             95% interval).'
        """
        within = ""
        if self.low is not None and self.high is not None:
            within = f" (it loses {100 * self.low:.1f} to {100 * self.high:.1f} points, 95% interval)"
        part = "" if self.part is None else f"{self.part} "
        return (
            f"{self.file} is the model in whole numbers: {byte_size(self.bytes)}, right on "
            f"{100 * self.accuracy:.1f}% of {self.images:,} {part}images where the model itself is on "
            f"{100 * self.full_accuracy:.1f}%{within}."
        )


@only_known_keywords(types=False)
@dataclass(frozen=True)
class Manifest(StoredResult):
    """What a package says of itself.

    Args:
        name: What the model is called.
        model_version: Its version, as its maker counts.
        created: ISO 8601 UTC.
        tool: The program and version that packed it.
        task: What it is for: "classification", "detection", "segmentation" or "embedding".
        classes: Names, in the order of the scores.
        model: The name of the file that predicts.
        files: Every file of the package but this one.
        licence: Of the weights, as their maker calls it; None where nobody says.
        weights: Where the network began; None where that is not known.
        backbone: The network that `model.safetensors` belongs to; None where there is none.
        data_sha256: Of what it was taught on, by the parts of the run; None where that is not known.
        division: How its images were divided, in sentences.
        agreement: How far the file that predicts and the network that was taught agree; None where only one is there.
        int8: The model in whole numbers of 8 bits; None where there is none.
        notes: What whoever uses it must know, in sentences.
    """

    FORMAT: ClassVar[str] = "lookoutcv.package"
    VERSION: ClassVar[int] = 1
    NOUN: ClassVar[str] = "package"
    REMEDY: ClassVar[str] = "Give a folder or a .zip that `lookout train` or `lookout package` made."

    name: str
    model_version: str
    created: str
    tool: str
    task: str
    classes: list[str] = field(repr=False)
    model: str
    files: list[PackedFile] = field(repr=False)
    licence: str | None = None
    weights: WeightsOrigin | None = None
    backbone: Backbone | None = None
    data_sha256: str | None = None
    division: list[str] = field(default_factory=list, repr=False)
    agreement: Agreement | None = None
    int8: SmallModel | None = None
    notes: list[str] = field(default_factory=list)

    def checked(self, path: str) -> Manifest:
        """Itself, where its files have names that stay inside and are told apart everywhere.

        Args:
            path: The package, for errors.
        Raises:
            CorruptFile: A name that leads outside or is a device, one that is there twice, a sum that is none, or a
                model that is not among them.
        """
        fail = self._fail(path)
        seen: set[str] = set()
        for index, file in enumerate(self.files):
            place = f"files[{index}]"
            if not is_plain_name(file.name) or file.name == MANIFEST:
                raise fail(f"{place}.name", "not the name of a file inside it")
            if file.name.lower() in seen:
                raise fail(f"{place}.name", "there twice")
            if file.bytes < 0 or not _SHA256.fullmatch(file.sha256):
                raise fail(f"{place}.sha256", "no SHA-256 of a file")
            seen.add(file.name.lower())
        for key, name in (("model", self.model), ("files", CARD)):
            if name not in {file.name for file in self.files}:
                raise fail(key, f"without {name!r}")
        return self


def is_plain_name(name: str) -> bool:
    """Whether a name can be a file's inside a package, on every system: no way out, no device, no hidden file.

    Example:
        >>> [is_plain_name(name) for name in ("model.onnx", "a/b.json", "../x", "con.txt", "/etc/x", ".x", "a:b")]
        [True, True, False, False, False, False, False]
    """
    return _NAME.fullmatch(name) is not None
