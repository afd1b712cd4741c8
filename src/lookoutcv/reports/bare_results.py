"""Results without their pictures, for those who must not or need not see them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from lookoutcv.results.result import Result

AnyResult = TypeVar("AnyResult", bound=Result)
_THUMBNAIL = "thumbnail"


def without_thumbnails(result: AnyResult) -> AnyResult:
    """The same result with its example images by name only, at every depth."""
    return cast(AnyResult, _bare(result))


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [_bare(item) for item in value] if value and is_dataclass(value[0]) else value
    if not is_dataclass(value) or isinstance(value, type):
        return value
    inside = {field.name: getattr(value, field.name) for field in fields(value)}
    changed = {name: None if name == _THUMBNAIL else _bare(held) for name, held in inside.items()}
    return replace(value, **{name: held for name, held in changed.items() if held is not inside[name]})
