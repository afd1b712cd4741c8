"""Choosing metrics: by name, by family, as members of `CVMetrics` or as objects."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from lookoutcv.errors import ConfigError, UnknownPlugin
from lookoutcv.metrics.base import Metric, registry


def select_metrics(names: str | Metric | Iterable[str | Metric] | None = None) -> list[Metric]:
    """The metrics that a `metrics` argument names, each once, in the order of first mention.

    Args:
        names: None or "default" for the default ones, "all" for every one, else names, families ("colour"),
            `CVMetrics` members or `Metric` objects; several in a sequence, or as text separated by commas.
    Raises:
        UnknownPlugin: A name that no metric and no family has; the error names the nearest.
        ConfigError: Something that is neither text nor a metric, or text that names nothing.
    Example:
        >>> [m.name for m in select_metrics("exposure.brightness,noise")]
        ['exposure.brightness', 'noise.sigma']
    """
    chosen: dict[str, Metric] = {}
    for item in _items(names):
        if not isinstance(item, str | Metric):
            raise ConfigError(f"{item!r} is no metric", "Give names, families or Metric objects.", key="metrics")
        for spec in [item] if isinstance(item, Metric) else _named(item):
            chosen[spec.name] = spec
    return list(chosen.values())


def _items(names: Any) -> Iterable[str | Metric]:
    if names is None:
        return ["default"]
    if isinstance(names, Metric):
        return [names]
    if not isinstance(names, str):
        if isinstance(names, bytes) or not isinstance(names, Iterable):
            raise ConfigError(f"metrics are {names!r}", "Give names, families or Metric objects.", key="metrics")
        return names
    items = [part.strip() for part in names.split(",") if part.strip()]
    if not items:
        raise ConfigError("no metric is named", "Give names or families separated by commas, or `all`.", key="metrics")
    return items


def _named(name: str) -> list[Metric]:
    if name == "all":
        return list(registry)
    if name == "default":
        return [spec for spec in registry if spec.default]
    family = [spec for spec in registry if spec.name.startswith(f"{name}.")]
    if family:
        return family
    if name not in registry:
        raise UnknownPlugin(registry.noun, name, _nearest(name))
    return [registry.get(name)]


def _nearest(name: str) -> list[str]:
    """At most two names or families that the misspelt name may mean."""
    names = registry.names()
    last = Counter(full.partition(".")[2] for full in names)
    # By its last part alone only where one metric has it: "min" is red's, green's, blue's and luma's.
    meanings = {full.partition(".")[2]: full for full in names if last[full.partition(".")[2]] == 1}
    meanings |= {full.partition(".")[0]: full.partition(".")[0] for full in names} | {full: full for full in names}
    close = difflib.get_close_matches(name.lower(), meanings, n=4, cutoff=0.6)
    return list(dict.fromkeys(meanings[key] for key in close))[:2]


class _Catalogue:
    """The metrics by attribute: `CVMetrics.CONTRAST` is the name "exposure.contrast".

    A lazy view of the registry: the attribute is the metric's whole name in capitals (`EXPOSURE_CONTRAST`), or its
    last part where only one metric has it (`CONTRAST`).
    """

    def __getattr__(self, attribute: str) -> str:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        names = registry.names()
        whole = [n for n in names if _capitals(n) == attribute]
        last = [n for n in names if _capitals(n.partition(".")[2]) == attribute]
        if whole or len(last) == 1:
            return (whole or last)[0]
        nearest = last or _nearest(attribute)
        guess = f"; did you mean {' or '.join(map(_capitals, nearest[:4]))}?" if nearest else ""
        raise AttributeError(f"no metric is called {attribute}{guess}")

    def __iter__(self) -> Iterator[str]:
        return iter(registry.names())

    def __len__(self) -> int:
        return len(registry.names())

    def __contains__(self, name: object) -> bool:
        return name in registry

    def __dir__(self) -> list[str]:
        names = registry.names()
        last = Counter(_capitals(n.partition(".")[2]) for n in names)
        return sorted({_capitals(n) for n in names} | {part for part, times in last.items() if times == 1})

    def __repr__(self) -> str:
        return "CVMetrics"


def _capitals(name: str) -> str:
    return name.replace(".", "_").upper()


CVMetrics = _Catalogue()
