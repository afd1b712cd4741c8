"""A training run: which models were taught on which images, how good each is, which is the best and why.

`training_run.schema.json` beside this file describes its JSON form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.results.data_check import DataCheck
from lookoutcv.results.evaluation import Evaluation
from lookoutcv.results.result import Result, StoredResult
from lookoutcv.results.tracking_record import TrackingRecord

Stage = Literal["head", "fine-tuning", "interpolated", "scratch"]
Status = Literal["trained", "stopped", "dropped", "failed"]


@dataclass(frozen=True)
class WeightsOrigin(Result):
    """Where a network began.

    Args:
        kind: "hub" for the Hugging Face hub, "file" for a file of the user's, "none" for chance.
        name: Of the hub's repository, or of the file; None for chance.
        sha256: Of the file, in hexadecimal.
        licence: As its maker calls it; None where nobody says.
    """

    kind: Literal["hub", "file", "none"]
    name: str | None = None
    sha256: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class EpochPoint(Result):
    """What was known after an epoch.

    Args:
        epoch: From 1; 0 for the linear head on fixed features; one after the last for weights that were interpolated.
        stage: What was taught.
        seconds: Since this backbone began.
        learning_rate: The largest of the epoch's.
        train_loss, validation_loss: Cross-entropy in nats; None where it was no number.
        train_accuracy: Share of right predictions on the images as they were augmented, 0 to 1; None where not counted.
        validation_accuracy, validation_macro_f1: On the part that chooses, 0 to 1.
    """

    epoch: int
    stage: Stage
    seconds: float
    learning_rate: float
    train_loss: float | None
    validation_loss: float | None
    train_accuracy: float | None
    validation_accuracy: float
    validation_macro_f1: float


@dataclass(frozen=True)
class Score(Result):
    """How good a model is on a part.

    Args:
        images: How many.
        accuracy: Share of right predictions, 0 to 1.
        low, high: Ends of the 95% interval of the accuracy (Wilson).
        macro_f1: Mean F1 of the classes that occur.
        calibration_error: Expected calibration error over 15 bins, 0 to 1.
    """

    images: int
    accuracy: float
    low: float
    high: float
    macro_f1: float
    calibration_error: float | None


@dataclass(frozen=True)
class Candidate(Result):
    """One backbone of a run.

    Args:
        name: In timm.
        status: "trained"; "stopped" by the user or the budget with its best kept; "dropped" because others were better;
            "failed".
        reason: Of the status, in a sentence; "" where it was trained to its end.
        weights: Where it began; None where it did not.
        parameters: How many numbers it holds.
        input_px: Side of its input.
        curve: A point an epoch.
        best_epoch: The one whose weights were kept; None where there is none.
        seconds: Spent on it.
        size_bytes: Of its ONNX file, or of its weights where it was not exported.
        latency_ms: Median for one image on this machine, with what `latency_of` says.
        latency_of: "onnxruntime, 1 thread".
        validation, test: How good it is on the part that chose, and on the one that did not.
        notes: In sentences.
        test_right: A digit for each image of the part that did not choose, in the order of their ids: 1 where the model
            is right, else 0. By it the models of two runs can be compared on the same images. "" where there is none.
        folds: How good it is on each of the folds that were asked for; empty where none were.
    """

    name: str
    status: Status
    reason: str = ""
    weights: WeightsOrigin | None = None
    parameters: int | None = None
    input_px: int | None = None
    curve: list[EpochPoint] = field(default_factory=list, repr=False)
    best_epoch: int | None = None
    seconds: float = 0.0
    size_bytes: int | None = None
    latency_ms: float | None = None
    latency_of: str = ""
    validation: Score | None = None
    test: Score | None = None
    notes: list[str] = field(default_factory=list)
    test_right: str = field(default="", repr=False)
    folds: list[Score] = field(default_factory=list, repr=False)


@dataclass(frozen=True)
class PairedDifference(Result):
    """Two models on the same images.

    Args:
        better, worse: Names of the candidates.
        difference: Of their accuracies, 0 to 1.
        low, high: Ends of its 95% interval.
        p: Of McNemar's exact test.
        only_better, only_worse: Images that only the one, and only the other, is right on.
    """

    better: str
    worse: str
    difference: float
    low: float
    high: float
    p: float
    only_better: int
    only_worse: int


@dataclass(frozen=True)
class PartSummary(Result):
    """A part of the data.

    Args:
        name: "train", "validation" or "test".
        images: How many.
        groups: Into how many groups of images that belong together they fall.
        classes: Images of each class.
        sha256: Of the ids and contents of its images: who trains again can see whether it is the same part.
    """

    name: str
    images: int
    groups: int
    classes: dict[str, int]
    sha256: str


@only_known_keywords(types=False)
@dataclass(frozen=True)
class TrainingRun(StoredResult):
    """A training run.

    Args:
        name: Of its folder.
        created: ISO 8601 UTC.
        tool: The program and version.
        data: What a person calls the source.
        classes: Names, in the order of the scores.
        parts: Train, validation and test.
        division: How the parts came about, in sentences.
        candidates: The backbones, in the order in which they were asked for.
        best: The name of the best candidate.
        why: Why it is, in a sentence.
        differences: The best against each other one that was trained.
        evaluation: The best on the part that chose nothing; None where there is none.
        check: What was seen in the data.
        settings: What was asked for, by the names of the API.
        seed: Of everything drawn.
        device: "cpu", "cuda:0 (NVIDIA ...)", with the number of threads.
        seconds: From begin to end.
        versions: Of the libraries that decide.
        notes: What the reader must know, in sentences.
        tracking: Where MLflow was told of it; None where it was not.
        outlook: By how much more images would help, in sentences, where that was asked.
    """

    FORMAT: ClassVar[str] = "lookoutcv.training_run"
    VERSION: ClassVar[int] = 1
    NOUN: ClassVar[str] = "training run"
    # What it is called in its folder.
    FILE: ClassVar[str] = "run.json"
    REMEDY: ClassVar[str] = "Give the run.json in a folder that `lookout train -o FOLDER` made."

    name: str
    created: str
    tool: str
    data: str
    classes: list[str]
    parts: list[PartSummary]
    division: list[str]
    candidates: list[Candidate] = field(repr=False)
    best: str
    why: str
    differences: list[PairedDifference] = field(repr=False)
    evaluation: Evaluation | None = field(repr=False)
    check: DataCheck | None = field(repr=False)
    settings: dict[str, Any] = field(default_factory=dict, repr=False)
    seed: int = 0
    device: str = "cpu"
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    tracking: TrackingRecord | None = None
    outlook: list[str] = field(default_factory=list)
