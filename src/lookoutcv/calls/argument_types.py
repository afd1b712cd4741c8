"""Whether the values of a call are of the types that the function declares, told where the call is made.

The annotations are the rule: nothing is said a second time. Where they leave a value open, so does this.
"""

from __future__ import annotations

import builtins
import collections.abc
import numbers
import reprlib
import sys
import types
from collections.abc import Callable, Collection, Iterable, Mapping
from inspect import get_annotations, signature
from typing import Annotated, Any, ForwardRef, Literal, Protocol, Union, get_args, get_origin, is_typeddict

from lookoutcv.errors import ConfigError

_NUMBERS: Mapping[Any, tuple[type, str]] = {
    int: (numbers.Integral, "a whole number"),
    float: (numbers.Real, "a number"),
}
_WORDS: Mapping[Any, str] = {
    str: "text",
    bytes: "bytes",
    bool: "True or False",
    None: "None",
    types.NoneType: "None",
    collections.abc.Sequence: "a list",
    collections.abc.Iterable: "a list",
    collections.abc.Mapping: "a dictionary",
    collections.abc.Callable: "a function",
    tuple: "a list",
    list: "a list",
    dict: "a dictionary",
}
SHOWN = reprlib.Repr()
SHOWN.maxstring = SHOWN.maxother = 60


class ArgumentTypes:
    """The declared types of a function's arguments, read at its first call: some name what was not imported before.

    Args:
        function: With annotations.
        options: The `TypedDict` of those that it takes as `**options`.
    """

    def __init__(self, function: Callable[..., Any], options: type | None = None) -> None:
        self._function, self._options = function, options
        self._hints: dict[str, Any] | None = None
        self._defaults: dict[str, Any] = {}

    def check(self, called: str, values: Iterable[tuple[str, Any]]) -> None:
        """Refuse the first value that is of none of its types.

        Args:
            called: What the function is called in the message.
            values: By the name of their argument. A default is never wrong.
        Raises:
            ConfigError: Fields: key.
        """
        if self._hints is None:
            self._hints = self._read()
        for name, value in values:
            hint = self._hints.get(name, Any)
            if hint is Any or value is self._defaults.get(name, self) or fits(value, hint):
                continue
            raise ConfigError(
                f"{called}(): {name}={SHOWN.repr(value)} is {a_kind(value)}",
                f"Give {name} as {in_words(hint)}.",
                key=name,
            )

    def _read(self) -> dict[str, Any]:
        parameters = signature(self._function).parameters.values()
        self._defaults = {one.name: one.default for one in parameters if one.default is not one.empty}
        module = sys.modules[self._function.__module__]
        own = {
            one.name: resolved(one.annotation, vars(module))
            for one in parameters
            if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY) and one.annotation is not one.empty
        }
        return own if self._options is None else {**_of_typed_dict(self._options), **own}


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a declared type. Numbers of numpy are numbers, and text is no list of letters.

    Example:
        >>> fits(3, float), fits(True, int), fits("cat", collections.abc.Sequence[str]), fits(["cat"], list[str] | None)
        (True, False, False, True)
    """
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(fits(value, part) for part in parts)
    if origin is Literal:
        return isinstance(value, tuple(map(type, parts)))  # which of them there are is said where it is used
    if hasattr(origin, "__array__"):
        return isinstance(value, origin)  # an array can be gone through, row by row, and says what it holds
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return _fits_container(value, origin, parts)
    return _fits_class(value, hint if origin is None else origin)


def _fits_class(value: Any, kind: Any) -> bool:
    if kind is None:
        return value is None
    if kind in _NUMBERS:
        return isinstance(value, _NUMBERS[kind][0]) and not isinstance(value, bool)
    if kind is bool:
        return isinstance(value, bool) or type(value).__name__ in ("bool", "bool_")  # numpy's
    if is_typeddict(kind):
        return isinstance(value, Mapping)
    if not isinstance(kind, type) or kind in (Any, object) or Protocol in kind.__mro__:
        return True
    return isinstance(value, kind)


def _fits_container(value: Any, kind: type, parts: tuple[Any, ...]) -> bool:
    if isinstance(value, str | bytes | bytearray) or not isinstance(value, Iterable):
        return False
    if issubclass(kind, Mapping) or isinstance(value, Mapping):
        return isinstance(value, kind)
    if not parts or not isinstance(value, Collection):
        return True  # what can be gone through once only is looked at where it is used
    if kind is tuple and parts[-1:] != (...,):
        return len(value) == len(parts) and all(map(fits, value, parts))
    return all(fits(one, parts[0]) for one in value)


def a_kind(value: Any) -> str:
    """What a value is, with its article.

    Example:
        >>> a_kind(3), a_kind("cat")
        ('an int', 'a str')
    """
    return _with_article(type(value).__name__)


def _with_article(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def in_words(hint: Any) -> str:
    """A declared type for people.

    Example:
        >>> in_words(str | list[str] | None)
        'text or a list of texts'
    """
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        words = list(dict.fromkeys(in_words(part) for part in parts if part not in (None, types.NoneType)))
        if "a path" in words and "text" in words:
            words.remove("text")  # a path may be given as text
        return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    if origin is Literal:
        return " or ".join(map(repr, parts))
    if hint in _NUMBERS:
        return _NUMBERS[hint][1]
    kind = hint if origin is None else origin
    if getattr(kind, "__name__", "") == "PathLike":
        return "a path"
    word = _WORDS.get(kind) or _with_article(getattr(kind, "__name__", str(kind)))
    if word != "a list" or not parts or parts[0] is Any:
        return word
    if kind is tuple and parts[-1] is not ...:
        return f"{word} of {len(parts)}"
    return f"{word} of {_several(parts[0])}"


def _several(hint: Any) -> str:
    words = {str: "texts", int: "whole numbers", float: "numbers"}
    return words.get(hint) or (hint.__name__ if isinstance(hint, type) else in_words(hint))


class _Names(dict[str, Any]):
    """Names of a module; one that it imports for type checkers alone may be anything."""

    def __init__(self, module: Mapping[str, Any]) -> None:
        self._module = module

    def __missing__(self, name: str) -> Any:
        return self._module.get(name, getattr(builtins, name, Any))


def resolved(hint: Any, module: Mapping[str, Any]) -> Any:
    """An annotation as a type: what is written as text is read with the names of its module."""
    if isinstance(hint, ForwardRef):
        hint = hint.__forward_arg__
    if isinstance(hint, str):
        try:
            hint = eval(hint, {}, _Names(module))
        except (AttributeError, TypeError):  # a part of a name that is there for type checkers alone
            return Any
    if get_origin(hint) is Annotated:
        return resolved(get_args(hint)[0], module)
    return hint


def _of_typed_dict(kind: type) -> dict[str, Any]:
    """The types of a `TypedDict`: each is read in the module that declares it."""
    found: dict[str, Any] = {}
    for base in getattr(kind, "__orig_bases__", ()):
        if is_typeddict(base):
            found |= _of_typed_dict(base)
    module = vars(sys.modules[kind.__module__])
    return {**{name: resolved(hint, module) for name, hint in get_annotations(kind).items()}, **found}
