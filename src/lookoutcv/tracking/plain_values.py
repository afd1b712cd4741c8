"""Names and values as MLflow takes them."""

from __future__ import annotations

import json

from lookoutcv.secrets import masked

# MLflow's limits are 6000 for parameters and 8000 for tags; what is longer stands whole in run.json.
_LONGEST = 5000
_LONGEST_NAME = 250


def plain_name(name: str) -> str:
    """A name as MLflow takes it: a path of letters, digits, _ - . and spaces, at most 250.

    Example:
        >>> plain_name("test/accuracy"), plain_name("a:b/../c")
        ('test/accuracy', 'a_b/_/c')
    """
    plain = "".join(letter if letter.isalnum() or letter in "_-./ " else "_" for letter in name)
    return "/".join(part.strip(". ") or "_" for part in plain.split("/"))[:_LONGEST_NAME].rstrip("./ ")


def plain_text(value: object) -> str:
    """A value as a text without secrets, cut where it is longer than MLflow's columns.

    Example:
        >>> plain_text(["a", 1]), plain_text("https://me:hunter2@host/a")
        ('["a", 1]', 'https://host/a')
    """
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = masked(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ... (cut)"
