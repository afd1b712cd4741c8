"""A baseline: what images looked like when the model was known to work, in one file that travels with it."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.missing_path import path_remedy
from lookoutcv.clock import now
from lookoutcv.errors import CorruptFile, LookoutError, SourceNotFound
from lookoutcv.files.baseline_form import BASELINE, Form, form_of, is_json_baseline
from lookoutcv.files.outputs import write_output
from lookoutcv.files.parquet import record_file_kind
from lookoutcv.measuring.collect import Collection
from lookoutcv.measuring.collect_any import collect_any, holds_records
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.measuring.options import Plan, plan
from lookoutcv.profiles.codec import decode, encode
from lookoutcv.profiles.json_codec import decode_json, encode_json
from lookoutcv.profiles.profile import Profile
from lookoutcv.records.model_identity import ModelIdentity
from lookoutcv.records.stamp import json_kind
from lookoutcv.results.images.duplicates import Duplicates
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.results.images.measured_examples import MeasuredExamples
from lookoutcv.results.self_check import SelfCheck
from lookoutcv.version import TOOL

if TYPE_CHECKING:
    from lookoutcv.drift.accuracy.calibration import Calibration

KIND = "baseline"


@only_known_keywords()
@dataclass(frozen=True)
class Baseline:
    """A profile with its provenance and a few typical pictures.

    Args:
        profile: Counts, histograms and the hash sample of all images.
        name: What a person calls the source it was made from.
        created: ISO 8601 UTC.
        tool: The program and version that made it.
        sampling: {"sample": n, "seed": s} where only a sample of the source was measured, else empty.
        typical: Images near the centre, for reports to show beside shifted ones.
        batch_by: What divides its images into batches: "day", "folder", a tag, or a number of images; None if nothing.
        check: What it says about itself; None in files of earlier versions, and where nobody asked.
        model: Whose predictions it holds; None where there are none.
        calibration: How right its predictions were, by their scores or their confidences; None where its images have no
            labels.
        redacted: What was covered on its pictures, as `redact` said it.
        notes: How many marked objects were read, what was left out and why, in sentences.
        measured_typical: What each measurer shows of a few typical images.
        gate: By what the gate that its images passed is known; None where they passed none.
    """

    profile: Profile = field(repr=False)
    name: str
    created: str
    tool: str = TOOL
    sampling: dict[str, int] = field(default_factory=dict)
    typical: tuple[ImageExample, ...] = field(default=(), repr=False)
    batch_by: str | None = None
    check: SelfCheck | None = field(default=None, repr=False)
    model: ModelIdentity | None = None
    calibration: Calibration | None = field(default=None, repr=False)
    redacted: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    measured_typical: tuple[MeasuredExamples, ...] = field(default=(), repr=False)
    gate: str | None = None

    @classmethod
    def of(cls, collection: Collection, how: Plan) -> Baseline:
        """A baseline of what was measured just now, not yet checked."""
        # Reading a baseline back needs no statistics: scipy alone takes a quarter of a second.
        from lookoutcv.drift.predictions.score_storage import thin_scores  # noqa: PLC0415
        from lookoutcv.measuring.calibration.calibrate_model import calibrated  # noqa: PLC0415
        from lookoutcv.measuring.gallery import baseline_gallery, measured_gallery  # noqa: PLC0415

        model, profile = collection.model, collection.profile
        return cls(
            profile=profile if model is None else replace(profile, sample=thin_scores(profile.sample)),
            name=collection.name,
            created=now(),
            sampling={} if how.sample is None else {"sample": how.sample, "seed": how.seed},
            typical=tuple(baseline_gallery(collection, how)),
            batch_by=None if how.batch_by is None else str(how.batch_by),
            model=model,
            calibration=None if model is None else calibrated(profile.sample, model),
            redacted=() if how.redaction is None else how.redaction.what,
            notes=(*collection.marked, *collection.notes),
            measured_typical=tuple(measured_gallery(collection, how)),
            gate=None if how.screen is None else how.screen.gate.identity,
        )

    def checked(self, copies: Duplicates | None = None) -> Baseline:
        """The same baseline with its own check: large enough, false alarms, one camera or several.

        Args:
            copies: Copies among its images, where they were searched for.
        """
        from lookoutcv.drift.check_baseline import check_baseline  # noqa: PLC0415
        from lookoutcv.drift.predictions.output_columns import images_only  # noqa: PLC0415 - as above

        copied = (copies.images, copies.searched) if copies else (0, 0)
        return replace(self, check=check_baseline(images_only(self.profile), batch_by=self.batch_by, copies=copied))

    @property
    def consecutive(self) -> bool:
        """Whether its batches are blocks of images in a row, so that neighbours may be put together."""
        return self.batch_by is not None and self.batch_by.isdecimal()

    @property
    def metric_names(self) -> list[str]:
        """What was measured: every metric, hashes included."""
        return [name for name in self.profile.sample.column_names if "." in name]

    def to_bytes(self, form: Form = "parquet") -> bytes:
        """The file's content.

        Args:
            form: "parquet": its rows are the sample, with everything else in the schema metadata. "json": one document.
        """
        metadata = {
            "name": self.name,
            "created": self.created,
            "tool": self.tool,
            "sampling": self.sampling,
            "typical": [asdict(one) for one in self.typical],
            "batch_by": self.batch_by,
            "check": None if self.check is None else self.check.to_dict(),
            "model": None if self.model is None else self.model.to_dict(),
            "calibration": None if self.calibration is None else self.calibration.to_dict(),
            "redacted": list(self.redacted),
            "notes": list(self.notes),
            "measured_typical": [one.to_dict() for one in self.measured_typical],
            "gate": self.gate,
        }
        if form == "json":
            return encode_json(self.profile, metadata=metadata)
        return encode(self.profile, kind=KIND, metadata=metadata)

    @classmethod
    def from_bytes(cls, data: bytes) -> Baseline:
        """The inverse of `to_bytes`, in either form.

        Raises:
            FileFormatError: The bytes are not a baseline, are damaged, or are of a newer format.
        """
        profile, metadata = decode_json(data) if _is_json(data) else decode(data)
        try:
            return cls(
                profile=profile,
                name=str(metadata["name"]),
                created=str(metadata["created"]),
                tool=str(metadata["tool"]),
                sampling={str(k): int(v) for k, v in metadata["sampling"].items()},
                typical=tuple(ImageExample.from_dict(one) for one in metadata["typical"]),
                batch_by=None if metadata.get("batch_by") is None else str(metadata["batch_by"]),
                check=None if metadata.get("check") is None else SelfCheck.from_dict(metadata["check"]),
                model=None if metadata.get("model") is None else ModelIdentity.from_dict(metadata["model"]),
                calibration=_calibration(metadata.get("calibration")),
                redacted=tuple(map(str, metadata.get("redacted", ()))),
                notes=tuple(map(str, metadata.get("notes", ()))),
                measured_typical=tuple(map(MeasuredExamples.from_dict, metadata.get("measured_typical", ()))),
                gate=None if metadata.get("gate") is None else str(metadata["gate"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as reason:
            raise CorruptFile(
                f"the baseline's description is damaged ({type(reason).__name__}: {reason})",
                "Make it again with `lookout baseline SOURCE -o baseline.parquet`.",
                path="",
            ) from reason

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write it to a file, whole or not at all.

        Args:
            path: Ends in .parquet, or in .json for a document that is larger and says the same. A baseline that lies
                there is replaced.
            force: Replace another file too.
        Raises:
            ConfigError: Another ending.
            OutputUnwritable: The file cannot be written there.
        """
        target = Path(path)
        write_output(target, self.to_bytes(form_of(target)), BASELINE, force=force)
        return target

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Baseline:
        """Read it from a file, or from a package that brings one.

        Raises:
            SourceNotFound: There is no such file.
            FileFormatError: It is not a baseline, is damaged, or is of a newer format.
        """
        if (packed := packed_baseline(path)) is not None:
            return packed
        try:
            data = Path(path).read_bytes()
        except OSError as reason:
            raise SourceNotFound(
                f"the baseline {os.fspath(path)!r} cannot be read ({reason.strerror or reason})",
                f"{path_remedy(path)} `lookout baseline SOURCE -o baseline.parquet` makes one.",
                source=os.fspath(path),
            ) from reason
        try:
            return cls.from_bytes(data)
        except LookoutError as error:
            raise error.about(os.fspath(path)) from None


@only_known_keywords(
    Options,
    output="Write what it returns: `lo.baseline(...).save('baseline.parquet')`.",
    policy="It is monitor's: `lo.monitor(..., policy='fixed')`.",
    group_by="It is monitor's: `lo.monitor(..., group_by='camera')`.",
    labels="Labels are those of the source (a folder a class, a table), and a model's stand in its card.",
    explain_share="Give measurers=[lo.attention(MODEL, explain_share=0.1)].",
)
def baseline(
    source: Any, *, batch_by: str | int | None = None, perturb: bool = True, **options: Unpack[Options]
) -> Baseline:
    """Measure a source of known-good images and keep what later windows are compared with.

    Args:
        source: A folder, an archive, a record file, a sequence of images: whatever `sources.open_source` takes.
        batch_by: Which images ordinary variation moves together: "day" (UTC, of the source's or the EXIF time),
            "folder", "label", "camera", "format", "size", the name of a tag, or a number of images in a row. With five
            batches or more, a window is drift only where it differs by more than they do from one another.
        perturb: Ask a classifier about 24 corrupted copies of each of 300 labelled images, too: the accuracy of later
            windows without labels is then estimated better. Takes 7,200 more predictions of the model.
        options: See `Options`.
    Raises:
        SourceNotFound, NoImages: There is nothing to measure.
        ConfigError: No image has what they are to be divided by.
    Example:
        >>> import lookoutcv as lo, numpy as np
        >>> images = [np.full((8, 8, 3), level, np.uint8) for level in range(40)]
        >>> lo.baseline(images).profile.count
        40
    """
    how = plan(options, batch_by)
    collection = collect_any(source, how)
    made = Baseline.of(collection, how)
    if perturb and made.calibration is not None:
        from lookoutcv.measuring.calibration.perturbation_calibration import perturbation_calibration  # noqa: PLC0415 - only baselines of models pay for scipy

        made = replace(made, calibration=perturbation_calibration(made.calibration, collection, how))
    return made.checked(collection.copies.find())


def baseline_of(target: Any) -> Baseline | None:
    """The baseline that a target is, or that lies in the file or the package it names; None where it is something else.

    Raises:
        FileFormatError: A Parquet file that is not ours, or is damaged; a package that is.
    """
    if isinstance(target, Baseline):
        return target
    if (packed := packed_baseline(target)) is not None:
        return packed
    if is_json_baseline(target):
        return Baseline.load(target)
    return Baseline.load(target) if holds_records(target) and record_file_kind(target) == KIND else None


def packed_baseline(target: Any) -> Baseline | None:
    """The baseline that a package brings; None where the target is no package, or one without a baseline.

    Args:
        target: A path, or what else can be a model or a source.
    Raises:
        FileFormatError: The package, or its baseline, is damaged.
    """
    if not isinstance(target, str | os.PathLike):
        return None
    from lookoutcv.models.packages.manifest import BASELINE as BASELINE_FILE  # noqa: PLC0415 - most baselines are files
    from lookoutcv.models.packages.package import package_at  # noqa: PLC0415 - as above

    package = package_at(target)
    if package is None or not package.has_baseline:
        return None
    try:
        return Baseline.from_bytes(package.read(BASELINE_FILE))
    except LookoutError as error:
        raise error if str(package.path) in error.problem else error.about(str(package.path)) from None


def _calibration(values: Any) -> Calibration | None:
    if values is None:
        return None
    from lookoutcv.drift.accuracy.calibration import Calibration  # noqa: PLC0415 - as above

    return Calibration.from_dict(values)


def _is_json(data: bytes) -> bool:
    """Whether these bytes are to be a baseline in JSON; `decode` says of a report that it is one."""
    return data.lstrip()[:1] == b"{" and json_kind(data) != "report"
