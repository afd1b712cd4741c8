"""Every error LookOutCV raises on purpose, in one tree.

    LookoutError
    ├── UsageError                      exit 2: what was asked cannot be done as asked
    │   ├── ConfigError                 a setting or policy file: path, key, nearest right key
    │   ├── UnknownArgument             a keyword that is not taken, a value too few or many (a TypeError): key, nearest
    │   ├── UnknownPlugin               a name that no plugin has: room, name, nearest
    │   ├── DuplicatePlugin             two plugins claim one name
    │   ├── UnknownLayer                no layer of a network has this name: layer, nearest, usable
    │   ├── MissingExtra                an optional part is not installed (also an ImportError)
    │   └── OutputUnwritable            the output cannot be written where it was asked for
    └── DataError                       exit 1: the data, a file or a plugin is not as it must be
        ├── BrokenPlugin                a plugin file or entry point fails when imported
        ├── MetricFailed                a metric raised, or returned no number
        ├── ShapeMismatch               an array has the wrong shape or dtype
        ├── SourceError                 images cannot be listed
        │   ├── SourceNotFound
        │   ├── NoImages
        │   ├── UnreadableSource        there, but not allowed, not reachable or corrupt
        │   ├── UnsafeArchive
        │   └── BadManifestLine         a line or entry of a file that lists images: source, line, reason
        ├── ImageError                  one image cannot be read; skipped and counted unless strict
        │   ├── UnreadableImage
        │   ├── UnsupportedImage
        │   └── ImageTooLarge
        ├── ModelError                  a model, its card or its runtime
        │   ├── ModelNotFound
        │   ├── UnknownModelFormat      not a file that a model format reads
        │   ├── UntrustedModel          loading it would run code that the file holds
        │   ├── BrokenModel             cut off, damaged, or made of operators that the runtime lacks
        │   ├── WrongCard               the card or its labels do not fit the model
        │   ├── InferenceFailed         the model was loaded, and failed on images
        │   ├── RuntimeDied             the process that ran it died, or was ended for taking too long
        │   └── UnknownResult           a library's result that no adapter knows
        ├── BadPredictions              a file of predictions made elsewhere: path, line
        ├── WorkerDied                  measuring processes are killed, whatever they measure
        ├── TrainingError               nothing can be learnt: one class alone, weights that do not fit
        ├── ExplanationError            what a model looked at cannot be computed as asked
        ├── TrackingUnavailable         MLflow does not answer, or does not take what it is told
        ├── HistoryUnavailable          the database of a history does not answer, is full or may not be written
        └── FileFormatError             one of our own files
            ├── NotOurFile
            ├── CorruptFile
            ├── NewerFormat
            ├── WrongKind
            └── IncompatibleProfiles    two profiles on different grids or metrics

Each carries the fields a program needs and a message whose last sentence tells a person what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self, TypeVar

from lookoutcv.plain_text import without_long_words
from lookoutcv.secrets import masked

_Error = TypeVar("_Error", bound="LookoutError")


class LookoutError(Exception):
    """The base of every error raised on purpose.

    Args:
        problem: What is wrong, in one sentence without a full stop at the end.
        remedy: What to do next, in one sentence.
        fields: Facts for programs; also set as attributes.
    """

    exit_code = 1

    def __init__(self, problem: str, remedy: str = "", **fields: object) -> None:
        # Here, and not where they are printed: a repr, a log or a pickle of them tells what they hold.
        self.problem = masked(problem)
        self.remedy = masked(remedy)
        self.fields = {name: _masked_field(value) for name, value in fields.items()}
        for name, value in self.fields.items():
            setattr(self, name, value)
        super().__init__(self.problem, self.remedy, self.fields)

    def __str__(self) -> str:
        said = f"{self.problem}. {self.remedy}" if self.remedy else f"{self.problem}."
        return without_long_words(masked(said))

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process boundaries; the default would lose the keyword fields.
        return _rebuild, (type(self), self.problem, self.remedy, self.fields)

    def about(self, subject: str) -> Self:
        """The same error, its problem led by what it is about: a file, an image.

        Example:
            >>> str(DataError("it is truncated").about("a.jpg"))
            'a.jpg: it is truncated.'
        """
        return _rebuild(type(self), f"{subject}: {self.problem}", self.remedy, self.fields)

    def with_name(self, name: str, instead_of: str) -> Self:
        """The same error, in which a place is called what a person calls it: a temporary file what is unpacked in it.

        Example:
            >>> str(DataError("/tmp/x1 is truncated", "Copy it.", path="/tmp/x1").with_name("a.zip", "/tmp/x1"))
            'a.zip is truncated. Copy it.'
        """
        fields = {key: _replaced(value, instead_of, name) for key, value in self.fields.items()}
        problem, remedy = _replaced(self.problem, instead_of, name), _replaced(self.remedy, instead_of, name)
        return _rebuild(type(self), str(problem), str(remedy), fields)


def _replaced(value: object, old: str, new: str) -> object:
    return value.replace(old, new) if isinstance(value, str) else value


def _masked_field(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_masked_field, value))
    return masked(value) if isinstance(value, str) else value


def _rebuild(kind: type[_Error], problem: str, remedy: str, fields: dict[str, object]) -> _Error:
    error = kind.__new__(kind)
    LookoutError.__init__(error, problem, remedy, **fields)
    return error


class UsageError(LookoutError):
    """What was asked cannot be done as asked."""

    exit_code = 2


class ConfigError(UsageError):
    """A settings or policy file, or a value given for it, is wrong. Fields: path, key, nearest."""


class UnknownArgument(UsageError, TypeError):
    """A function was called with a keyword that it does not take, without what it needs, or with a value too many.

    Fields: key, nearest.
    """


class UnknownPlugin(UsageError):
    """No plugin has this name. Fields: room, name, nearest."""

    def __init__(self, room: str, name: str, nearest: Sequence[str] = ()) -> None:
        guess = f"Did you mean {' or '.join(repr(n) for n in nearest)}? " if nearest else ""
        super().__init__(
            f"no {room} is called {name!r}",
            f"{guess}`lookout plugins` lists them all.",
            room=room,
            name=name,
            nearest=tuple(nearest),
        )


class DuplicatePlugin(UsageError):
    """Two plugins claim one name. Fields: room, name, origins."""


class UnknownLayer(UsageError):
    """No layer of a network has this name, or it does not run. Fields: layer, nearest, usable."""


class MissingExtra(UsageError, ImportError):
    """An optional part is not installed. Fields: package, extra."""


class OutputUnwritable(UsageError):
    """The output cannot be written where it was asked for. Fields: path, reason."""


class DataError(LookoutError):
    """The data, a file or a plugin is not as it must be."""


class BrokenPlugin(DataError):
    """A plugin file or entry point fails when imported. Fields: room, origin, reason."""


class MetricFailed(DataError):
    """A metric raised, or returned something that is not a number. Fields: metric, reason."""


class ShapeMismatch(DataError):
    """An array has the wrong shape or dtype. Fields: shape, dtype."""


class SourceError(DataError):
    """Images cannot be listed. Fields: source."""


class SourceNotFound(SourceError):
    """There is nothing at this place, or nothing we know how to read."""


class NoImages(SourceError):
    """The source holds no readable image, or none that is fit.

    Fields: source, skipped; where a gate refused all, also unfit (how many) and reasons ("it is blurred (3)").
    """


class UnreadableSource(SourceError):
    """It is there, but not allowed, not reachable or corrupt. Fields: source, reason (a few words)."""


class UnsafeArchive(SourceError):
    """An archive that would write outside its folder or expand beyond reason. Fields: source, member."""


class BadManifestLine(SourceError):
    """A line or entry of a file that lists images is not as it must be. Fields: source, line (from 1), reason."""


class ImageError(DataError):
    """One image cannot be read. Fields: id, reason (a few words for tables)."""

    reason: str

    def __init__(self, problem: str, remedy: str = "", *, id: str = "", reason: str = "") -> None:
        self.reason = reason or problem
        super().__init__(problem, remedy, id=id, reason=self.reason)


class UnreadableImage(ImageError):
    """The bytes are truncated, corrupt or gone."""


class UnsupportedImage(ImageError):
    """Not an image, or a kind of image that is not read."""


class ImageTooLarge(ImageError):
    """More bytes or pixels than the limits allow."""


class ModelError(DataError):
    """A model cannot be used as it is. Fields: model."""


class ModelNotFound(ModelError):
    """There is no such file, or it may not be read."""


class UnknownModelFormat(ModelError):
    """Not a file that a model format reads."""


class UntrustedModel(ModelError):
    """A file whose loading would run code that it holds, such as a pickle. It is refused unread."""


class BrokenModel(ModelError):
    """Cut off, damaged, of operators that the runtime lacks, or its outputs are no tensors. Fields: model, reason."""


class WrongCard(ModelError):
    """The card, or its labels, do not fit the model. Fields: model, key."""


class InferenceFailed(ModelError):
    """The model was loaded, and failed on images. Fields: model, reason."""


class RuntimeDied(ModelError):
    """The process that ran a model died, or was ended for taking too long. Fields: model, reason (for tables)."""

    reason: str


class UnknownResult(ModelError):
    """A library's result that no adapter knows, or a damaged one. Fields: found."""


class BadPredictions(DataError):
    """A file of predictions made elsewhere cannot be read, or a line is not as it must be. Fields: path, line."""

    path: str
    line: int | None


class WorkerDied(DataError):
    """Measuring processes are killed one after the other, whatever image they measure. Fields: ids."""


class TrainingError(DataError):
    """Nothing can be learnt as it was asked: one class alone, too few images, weights that do not fit.

    Fields: source, or key for a setting.
    """


class ExplanationError(DataError):
    """What a model looked at cannot be computed as it was asked. Fields: reason, and layer where it is one's."""

    reason: str


class TrackingUnavailable(DataError):
    """MLflow does not answer, or not as it should; said before anything is taught. Fields: uri, reason."""

    uri: str
    reason: str


class HistoryUnavailable(DataError):
    """The database of a history does not answer, is full or may not be written. Fields: url (masked), reason."""

    url: str
    reason: str


class FileFormatError(DataError):
    """One of our own files is not as it must be. Fields: path."""


class NotOurFile(FileFormatError):
    """Not a file LookOutCV wrote."""


class CorruptFile(FileFormatError):
    """A file LookOutCV wrote that has been cut off or changed."""


class NewerFormat(FileFormatError):
    """Written by a newer LookOutCV. Fields: path, found, supported."""


class WrongKind(FileFormatError):
    """Ours, but another kind than this command needs. Fields: path, found, wanted."""


class IncompatibleProfiles(FileFormatError):
    """Two profiles that cannot be merged or compared. Fields: reason."""
