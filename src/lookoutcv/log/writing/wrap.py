"""A function that predicts, with a logger behind it: what it returns is logged, and returned as it is."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar, cast

from lookoutcv.errors import ConfigError

_log = logging.getLogger("lookoutcv.log")

Function = TypeVar("Function", bound=Callable[..., Any])


class ResultLogger(Protocol):
    """What a wrapped function needs of a logger."""

    def log(
        self, prediction: Any, image: Any = None, image_name: str | None = None, *, bgr: bool = ..., copy: bool = ...
    ) -> bool: ...


def wrapped(
    logger: ResultLogger,
    function: Function,
    *,
    image: str | None = None,
    image_name: str | None = None,
    many: bool = False,
    bgr: bool = False,
    copy: bool = False,
) -> Function:
    """The function with its predictions logged.

    Args:
        logger: Where to.
        function: Takes an image and returns what an adapter reads; may be `async`.
        image: The parameter that is the image; by default the first one (not `self`).
        image_name: The parameter that is its name; None for none.
        many: The parameter is a sequence of images, and as many results are returned.
        bgr, copy: As for `log_prediction`.
    Returns:
        A function of the same name and parameters. What the function raises is raised, and logged nowhere.
    Raises:
        ConfigError: There is no such parameter.
    """
    names = _parameters(function)
    of_image = _image_parameter(function, names, image, image_name)

    def log(arguments: tuple[Any, ...], keywords: dict[str, Any], result: Any) -> None:
        try:
            images = _argument(of_image, names, arguments, keywords)
            image_names = None if image_name is None else _argument(image_name, names, arguments, keywords)
            for prediction, picture, name in _rows(result, images, image_names, many):
                logger.log(prediction, picture, name, bgr=bgr, copy=copy)
        except Exception:  # inference must go on, whatever happens here
            _log.warning("a prediction of %s could not be logged", function.__name__, exc_info=True)

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def waiting(*arguments: Any, **keywords: Any) -> Any:
            result = await function(*arguments, **keywords)
            log(arguments, keywords, result)
            return result

        return cast(Function, waiting)

    @functools.wraps(function)
    def calling(*arguments: Any, **keywords: Any) -> Any:
        result = function(*arguments, **keywords)
        log(arguments, keywords, result)
        return result

    return cast(Function, calling)


def _image_parameter(function: Any, names: list[str], image: str | None, image_name: str | None) -> str:
    """The parameter that is the image: the one named, else the first.

    Raises:
        ConfigError: There is no such parameter.
    """
    of_image = image or next((name for name in names if name not in ("self", "cls")), None)
    for name in (of_image, image_name):
        if name is not None and name not in names:
            raise ConfigError(
                f"{function.__name__} has no parameter {name!r}",
                f"Its parameters are {', '.join(names) or 'none'}.",
                key=name,
            )
    if of_image is None:
        raise ConfigError(f"{function.__name__} takes no image", "Decorate a function of an image.", key="image")
    return of_image


def _parameters(function: Any) -> list[str]:
    if not callable(function):
        raise ConfigError(f"{function!r} is no function", "Decorate a function of an image.", key="function")
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [name for name, one in inspect.signature(function).parameters.items() if one.kind in kinds]


def _argument(name: str, names: list[str], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """The value of a parameter in a call; None where it was left to its default."""
    if name in keywords:
        return keywords[name]
    place = names.index(name)
    return arguments[place] if place < len(arguments) else None


def _rows(result: Any, images: Any, names: Any, many: bool) -> Sequence[tuple[Any, Any, str | None]]:
    if not many:
        return [(result, images, None if names is None else str(names))]
    predictions = list(result)
    pictures = [None] * len(predictions) if images is None else list(images)
    named = [None] * len(predictions) if names is None else [str(name) for name in names]
    # A prediction without its image is worth keeping, and so is one without a name.
    missing = len(predictions) - min(len(pictures), len(named))
    return list(zip(predictions, pictures + [None] * missing, named + [None] * missing, strict=False))
