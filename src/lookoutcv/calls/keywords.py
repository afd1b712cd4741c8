"""The keywords of a call: one that a function does not know is refused, with the one that was probably meant.

What is said and not heard is the answer to another question, and nothing shows it.
"""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, TypeVar

from lookoutcv.calls.argument_types import SHOWN, ArgumentTypes
from lookoutcv.errors import UnknownArgument


class _NotTold:
    def __repr__(self) -> str:
        return "..."


# For an argument that is needed, of a function that is called too often to be decorated: any value may be meant.
NOT_TOLD: Any = _NotTold()

_Heard = TypeVar("_Heard", bound=Callable[..., Any])

# What other libraries and older scripts call our arguments: by likeness alone `model_path` would be `model_name`.
_ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "model": ("model_path", "model_file", "weights", "checkpoint", "network", "classifier", "detector"),
    "model_name": ("model", "name", "model_id"),
    "model_version": ("version",),
    "card": ("model_card", "preprocessing", "transform", "preprocess"),
    "labels": ("classes", "class_names", "names", "categories", "label_names"),
    "device": ("gpu", "cuda", "provider"),
    "sample": ("samples", "n_samples", "num_samples", "sample_size", "max_samples", "max_images", "limit", "n"),
    "seed": ("random_state", "random_seed", "rng"),
    "workers": ("num_workers", "n_workers", "max_workers", "n_jobs", "jobs", "processes", "num_processes", "threads"),
    "threads": ("num_threads", "n_threads", "workers", "num_workers", "n_jobs"),
    "metrics": ("metric", "enabled_metrics", "measures", "features"),
    "enabled_metrics": ("metrics", "metric"),
    "baseline": ("reference", "reference_data", "ref", "base"),
    "output": ("out", "outfile", "output_path", "output_file", "save_to", "save_path", "save"),
    "source": ("data", "dataset", "images", "image_dir", "folder", "path", "current", "current_data", "window"),
    "images": ("image", "data", "dataset", "image_dir", "folder", "source", "path"),
    "path": ("output", "out", "file", "filename", "output_path", "save_to"),
    "directory": ("log_dir", "logdir", "dir", "folder", "path", "output"),
    "try_": ("try", "images", "source", "data"),
    "format": ("fmt", "form", "kind", "type"),
    "type": ("kind", "dtype"),
    "policy": ("rule", "rules", "thresholds", "threshold"),
    "group_by": ("groupby", "by", "group", "groups", "slice_by"),
    "batch_by": ("batch", "batches", "block", "blocks"),
    "top": ("k", "topk", "top_k"),
    "cache": ("cache_dir", "cache_folder"),
    "progress": ("callback", "verbose", "tqdm", "show_progress"),
    "predictions": ("preds", "results", "y_pred"),
    "annotations": ("ground_truth", "annotation_file", "coco", "gt"),
    "thumbnails": ("pictures", "previews"),
    "redact": ("anonymise", "anonymize", "blur", "hide"),
    "columns": ("cols", "fields", "usecols"),
    "last": ("period", "since_last"),
    "since": ("start", "from_", "begin"),
    "until": ("end", "to"),
    "image_name": ("name", "id", "image_id", "file_name", "filename"),
    "pred_class": ("prediction", "predicted", "predicted_class", "predicted_label", "class_name", "cls"),
    "confidence": ("conf", "score", "probability", "prob"),
    "scores": ("probabilities", "probs", "logits"),
    "label": ("truth", "true_label", "true_class", "target", "ground_truth", "y_true"),
    "boxes": ("bbox", "bboxes", "xyxy"),
    "mask": ("masks",),
}


def only_known_keywords(
    options: type | None = None, *, types: bool = True, **elsewhere: str
) -> Callable[[_Heard], _Heard]:
    """Make a function refuse keywords that it does not know, with the nearest that it knows, and values of other types.

    Args:
        options: The `TypedDict` of those that it takes as `**options`.
        types: Check values against the annotations; not where a program of ours makes thousands of them.
        elsewhere: What people look for here, and what they should type instead: a sentence each.
    Returns:
        A decorator of a function; or of a class, whose making and public methods then do so.
    Raises:
        UnknownArgument: From the function: a keyword is none of its own, one is missing, or there are too many values.
            Nothing has been done then.
        ConfigError: From the function: a value is of none of the types that are declared for it.
    Example:
        >>> @only_known_keywords()
        ... def look(source, *, sample: int | None = None): ...
        >>> look("day", samples=3)
        Traceback (most recent call last):
        lookoutcv.errors.UnknownArgument: look() takes no 'samples'. Did you mean 'sample'?
        >>> look("day", sample="three")
        Traceback (most recent call last):
        lookoutcv.errors.ConfigError: look(): sample='three' is a str. Give sample as a whole number.
    """

    def decorate(what: Any) -> Any:
        if not isinstance(what, type):
            return _hearing(what, what.__name__, options, types, elsewhere)
        for name, member in list(vars(what).items()):
            of_class = isinstance(member, classmethod)
            function = member.__func__ if of_class else member
            if not inspect.isfunction(function) or (name.startswith("_") and name != "__init__"):
                continue
            if not hasattr(function, "__wrapped__"):
                called = what.__name__ if name == "__init__" else name
                heard = _hearing(function, called, options, types, elsewhere)
                setattr(what, name, classmethod(heard) if of_class else heard)
        return what

    return decorate


def _hearing(
    function: Callable[..., Any], called: str, options: type | None, types: bool, elsewhere: Mapping[str, str]
) -> Callable[..., Any]:
    own = _own_keywords(function)
    known = dict.fromkeys([*own, *(inspect.get_annotations(options) if options else ())])
    declared = ArgumentTypes(function, options) if types else None

    @functools.wraps(function)
    def heard(*args: Any, **keywords: Any) -> Any:
        for name in keywords:
            if name not in known:
                raise unknown_keyword(name_of(args), name, own[: len(args)], keywords, known, elsewhere)
        if declared is not None:
            declared.check(name_of(args), (*zip(own, args, strict=False), *keywords.items()))
        try:
            return function(*args, **keywords)
        except TypeError as reason:
            if reason.__traceback__ is None or reason.__traceback__.tb_next is not None:
                raise  # from within
        raise _unbound(name_of(args), function, args, keywords)

    def name_of(args: tuple[Any, ...]) -> str:
        """A class that inherits its making has a name of its own."""
        return type(args[0]).__name__ if args and function.__name__ == "__init__" else called

    return heard


def refuse_unheard(method: Callable[..., Any], more: tuple[Any, ...], unknown: Mapping[str, Any]) -> NoReturn:
    """For a function that is called too often to be decorated, and takes what it does not know as `*more, **unknown`.

    Raises:
        UnknownArgument: Always.
    """
    if unknown:
        raise unknown_keyword(method.__name__, next(iter(unknown)), (), unknown, _own_keywords(method), {})
    places = sum(one.kind is one.POSITIONAL_OR_KEYWORD for one in inspect.signature(method).parameters.values())
    raise _unbound(method.__name__, method, (*(None,) * places, *more), {})


def not_told(called: str, *missing: str) -> UnknownArgument:
    """The error for a call that leaves out what a function needs.

    Args:
        called: What the function is called in the message.
        missing: The names of the arguments.
    """
    return UnknownArgument(
        f"{called}() is not told {' and '.join(missing)}", f"Give {missing[0]}=...", key=missing[0], nearest=()
    )


def nearest_keyword(name: str, known: Iterable[str]) -> str | None:
    """The keyword that was probably meant: what others call it first, then the one that looks most alike.

    Example:
        >>> nearest_keyword("model_path", ["model_name", "model"]), nearest_keyword("grup_by", ["group_by"])
        ('model', 'group_by')
    """
    free = {one.lower(): one for one in known}
    written = name.lower()
    for meant, others in _ALSO_CALLED.items():
        if meant in free and written in others:
            return free[meant]
    found = difflib.get_close_matches(written, free, n=1)
    return free[found[0]] if found else None


def _own_keywords(function: Callable[..., Any]) -> list[str]:
    """In their order, so that the first of them are those that a call gives by position."""
    parameters = inspect.signature(function).parameters.values()
    return [one.name for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]


def unknown_keyword(  # noqa: PLR0917 - what a call was
    called: str,
    name: str,
    by_place: Iterable[str],
    keywords: Iterable[str],
    known: Iterable[str],
    elsewhere: Mapping[str, str],
) -> UnknownArgument:
    """The error for a keyword that a function does not take; what the call gave already is not offered."""
    taken = {"self", "cls", *by_place, *keywords}
    free = [one for one in known if one not in taken]
    nearest = nearest_keyword(name, [*free, *elsewhere])
    offered = f"It takes {', '.join(free)}." if free else "Leave it out."
    remedy = f"Did you mean {nearest!r}?" if nearest else offered
    right = () if nearest is None or nearest in elsewhere else (nearest,)
    return UnknownArgument(
        f"{called}() takes no {name!r}", elsewhere.get(nearest or "", remedy), key=name, nearest=right
    )


def _unbound(
    called: str, function: Callable[..., Any], args: tuple[Any, ...], keywords: Mapping[str, Any]
) -> UnknownArgument:
    """The error for a call whose keywords are known, and which has too few arguments, or too many without a name."""
    parameters = inspect.signature(function).parameters.values()
    places = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    given = {*places[: len(args)], *keywords}
    missing = [
        one.name
        for one in parameters
        if one.default is one.empty and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
        if one.name not in given
    ]
    if len(args) > len(places):
        named = [one.name for one in parameters if one.kind is one.KEYWORD_ONLY and one.name not in keywords]
        name = next(iter([*missing, *named]), "")
        remedy = f"Give it by its name: {name}={SHOWN.repr(args[len(places)])}." if name else "Leave it out."
        problem = f"{called}() takes {SHOWN.repr(args[len(places)])} only by the name of what it is"
        return UnknownArgument(problem, remedy, key=name, nearest=(name,) if name else ())
    if missing:
        return not_told(called, *missing)
    twice = next(name for name in places[: len(args)] if name in keywords)
    return UnknownArgument(f"{called}() is told {twice} twice", f"Give {twice} once.", key=twice, nearest=())
