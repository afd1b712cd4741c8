"""How far something is, told to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int | None], None]


def begins(progress: Progress | None, what: str) -> None:
    """Say that other things are counted from now on; a plain function of (done, total) is told nothing.

    Args:
        progress: May have a method `begins` that takes what is counted, in a few words.
        what: "Rehearsing".
    Example:
        >>> class Told(list):
        ...     def begins(self, what): self.append(what)
        ...     def __call__(self, done, total): pass
        >>> told = Told()
        >>> begins(told, "Asking")
        >>> begins(lambda done, total: None, "Asking")
        >>> told
        ['Asking']
    """
    tell = getattr(progress, "begins", None)
    if callable(tell):
        tell(what)
