"""The keywords of a call: one that a function does not know is refused, with the one that was probably meant.

What is said and not heard is the answer to another question, and nothing shows it.
"""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

from lookoutcv.errors import UnknownArgument

_Arguments = ParamSpec("_Arguments")
_Returned = TypeVar("_Returned")

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
}


def only_known_keywords(
    options: type | None = None, **elsewhere: str
) -> Callable[[Callable[_Arguments, _Returned]], Callable[_Arguments, _Returned]]:
    """Make a function refuse keywords that it does not know, with the nearest that it knows.

    Args:
        options: The `TypedDict` of those that it takes as `**options`.
        elsewhere: What people look for here, and what they should type instead: a sentence each.
    Raises:
        UnknownArgument: From the function: a keyword is none of its own. Nothing has been done then.
    Example:
        >>> @only_known_keywords()
        ... def look(source, *, sample=None): ...
        >>> look("day", samples=3)
        Traceback (most recent call last):
        lookoutcv.errors.UnknownArgument: look() takes no 'samples'. Did you mean 'sample'?
    """

    def decorate(function: Callable[_Arguments, _Returned]) -> Callable[_Arguments, _Returned]:
        own = _own_keywords(function)
        known = dict.fromkeys([*own, *(inspect.get_annotations(options) if options else ())])

        @functools.wraps(function)
        def heard(*args: _Arguments.args, **keywords: _Arguments.kwargs) -> _Returned:
            for name in keywords:
                if name not in known:
                    taken = {"self", *own[: len(args)], *keywords}
                    free = [one for one in known if one not in taken]
                    raise _unknown(_name_of(function, args), name, free, elsewhere)
            return function(*args, **keywords)

        return heard

    return decorate


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


def _name_of(function: Callable[..., Any], args: tuple[Any, ...]) -> str:
    return type(args[0]).__name__ if args and function.__name__ == "__init__" else function.__name__


def _unknown(function: str, name: str, known: list[str], elsewhere: Mapping[str, str]) -> UnknownArgument:
    nearest = nearest_keyword(name, [*known, *elsewhere])
    offered = f"It takes {', '.join(known)}." if known else "Leave it out."
    remedy = f"Did you mean {nearest!r}?" if nearest else offered
    right = () if nearest is None or nearest in elsewhere else (nearest,)
    return UnknownArgument(
        f"{function}() takes no {name!r}", elsewhere.get(nearest or "", remedy), key=name, nearest=right
    )
