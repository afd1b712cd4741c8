"""What all results share: their JSON form, and, for those that files hold, its version and migrations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, cast

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import CorruptFile, NewerFormat, NotOurFile
from lookoutcv.results.json_values import Fail, read_object, to_values

# From the JSON values of one version to those of the next. What is not as it should be is left for the reader to find.
Migration = Callable[[dict[str, Any]], dict[str, Any]]


@only_known_keywords(types=False)
class Result:
    """A frozen dataclass whose fields are the keys of its JSON form."""

    # What a person calls it, in an error.
    NOUN: ClassVar[str] = "result"

    def to_dict(self) -> dict[str, Any]:
        """Its fields as JSON values. NaN and infinite numbers, which JSON does not know, become None."""
        return cast(dict[str, Any], to_values(self))

    @classmethod
    def from_dict(cls, data: object, path: str = "") -> Self:
        """What `to_dict` gave. Keys that this version does not know are ignored.

        Args:
            data: What JSON held.
            path: The file it came from, for errors.
        Raises:
            CorruptFile: A key is missing or holds the wrong kind of value; the error names its place.
        """
        return cast(Self, read_object(cls, data, "", cls._fail(path)))

    @classmethod
    def _fail(cls, path: str) -> Fail:
        def fail(key: str, problem: str) -> Exception:
            return CorruptFile(
                f"{path or f'this {cls.NOUN}'} is damaged: {key or 'its content'} is {problem}",
                "Make it again, or fetch an undamaged copy.",
                path=path,
            )

        return fail


@only_known_keywords(types=False)
class StoredResult(Result):
    """A result that files hold: its JSON form says what it is, and of which version."""

    FORMAT: ClassVar[str]
    VERSION: ClassVar[int]
    # What a person is to give instead of a file that is none.
    REMEDY: ClassVar[str]
    # By the version that they read.
    MIGRATIONS: ClassVar[Mapping[int, Migration]] = {}

    def to_dict(self) -> dict[str, Any]:
        """As JSON values: "format" and "version" first, then its fields in order."""
        return {"format": self.FORMAT, "version": self.VERSION, **super().to_dict()}

    @classmethod
    def from_dict(cls, data: object, path: str = "") -> Self:
        """What `to_dict` of this or an earlier version gave. Keys that this version does not know are ignored.

        Args:
            data: What a JSON file held.
            path: Where it came from, for errors.
        Raises:
            NotOurFile: It is something else.
            NewerFormat: Written by a newer version.
            CorruptFile: A key is missing or holds the wrong kind of value; the error names its place.
        """
        if not isinstance(data, Mapping) or data.get("format") != cls.FORMAT:
            raise NotOurFile(f"{path or 'this'} is not a LookOutCV {cls.NOUN}", cls.REMEDY, path=path)
        version = data.get("version")
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise cls._fail(path)("version", "no version number")
        if version > cls.VERSION:
            raise NewerFormat(
                f"{path or f'this {cls.NOUN}'} has version {version}; this LookOutCV reads up to {cls.VERSION}",
                "Update with: pip install -U lookoutcv",
                path=path,
                found=version,
                supported=cls.VERSION,
            )
        values = dict(data)
        for step in range(version, cls.VERSION):
            values = cls.MIGRATIONS[step](values)
        return super().from_dict(values, path)


def renamed_at(data: Any, path: str, names: Mapping[str, str]) -> Any:
    """JSON values with some keys of the object at a path renamed, for migrations; what is not there is left.

    Args:
        data: Not changed.
        path: Keys with dots between them; "" for the whole, "*" for every item of a list.
        names: Old names and new ones.
    Example:
        >>> renamed_at({"model": {"given": True}, "classes": [{"a": 1}]}, "model", {"given": "imported"})
        {'model': {'imported': True}, 'classes': [{'a': 1}]}
        >>> renamed_at({"classes": [{"a": 1}, None]}, "classes.*", {"a": "b"})
        {'classes': [{'b': 1}, None]}
    """
    key, _, rest = path.partition(".")
    if key == "*":
        return [renamed_at(item, rest, names) for item in data] if isinstance(data, list) else data
    if not isinstance(data, Mapping):
        return data
    if not key:
        return {names.get(name, name): value for name, value in data.items()}
    return {**data, key: renamed_at(data[key], rest, names)} if key in data else data
