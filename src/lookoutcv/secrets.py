"""Texts that must not be shown: what a settings file takes from the environment, and the secrets of URLs.

They go through unchanged to whoever uses them; messages, names in reports and baselines, and log lines are masked.
"""

from __future__ import annotations

import re

# A user and a password that are names of variables already stay.
_URL = re.compile(
    r"""([A-Za-z][A-Za-z0-9+.-]+://(?:\$\{\w+\}(?::\$\{\w+\})?@)?)"""
    r"""(?:[^\s/?#'"\\]*@)?([^\s?#'"\\]*)(?:[?#][^\s'"\\]*)?"""
)
# A shorter text would be found inside of words; nobody's password is that short.
_SHORTEST = 4
_hidden: dict[str, str] = {}


def hide(text: str, name: str) -> None:
    """From now on, show a text by a name.

    Args:
        text: The secret; under 4 characters it is too common to be found in other texts.
        name: What stands in its place.
    """
    if len(text) >= _SHORTEST:
        _hidden[text] = name


def masked(text: str) -> str:
    """A text fit for people: hidden texts by their names, URLs without user, password, query and fragment.

    Example:
        >>> masked("https://me:secret@host/a.jpg?signature=x cannot be read")
        'https://host/a.jpg cannot be read'
    """
    for secret in sorted(_hidden, key=len, reverse=True):
        text = text.replace(secret, _hidden[secret])
    return _URL.sub(r"\1\2", text) if "://" in text else text
