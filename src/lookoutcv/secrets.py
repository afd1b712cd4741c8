"""Texts that must not be shown: the one place that takes secrets out of what people and files are told.

They go through unchanged to whoever uses them; messages, tracebacks, names in reports and baselines, and log lines are
masked. A secret is known by where it stands (in a URL, after a name such as `token=`, in a header), by the variable of
the environment that holds it, or because whoever got it said so (`hide`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

MASK = "***"
# A user and a password that are names of variables already stay. What repeats before something else has a bound, here
# and below: a text of a million letters would else be looked through from each of them.
_URL = re.compile(
    r"""([A-Za-z][A-Za-z0-9+.-]{1,30}://(?:\$\{\w+\}(?::\$\{\w+\})?@)?)"""
    r"""(?:[^\s/?#'"\\]*@)?([^\s?#'"\\]*)(?:[?#][^\s'"\\]*)?"""
)
_WORDS = (
    r"passw(?:or)?d|passphrase|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|shared[_-]?key"
    r"|private[_-]?key|credential|signature|connection[_-]?string"
)
# How a parameter, an option or a column that holds a secret is called; `sig` is Azure's, `key` Google's.
_NAMED = rf"(?:{_WORDS})[\w.-]{{0,100}}|(?<![\w.-])sig"
_SECRET_NAME = re.compile(rf"{_WORDS}|\A(?:sig|pwd)\Z", re.IGNORECASE)
_PATTERNS = (
    (re.compile(r"""(\bauthorization["']?\s*[:=]\s*["']?)[^\r\n"']+""", re.IGNORECASE), rf"\1{MASK}"),
    (re.compile(r"\b(Bearer|Basic|SharedKey)\s+(?=\S*[\d=._:-])[\w.~+/=:-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), MASK),  # a JSON Web Token
    # token='a b', "token": "a b", {'password': 'a'} ...
    (re.compile(rf"""((?:{_NAMED})["']?\s*[=:]\s*)(["'])(?:(?!\2).)*\2""", re.IGNORECASE), rf"\1\2{MASK}\2"),
    # token=a, AccountKey=a;
    (re.compile(rf"""((?:{_NAMED})=)[^\s"'&,;)\]}}]+""", re.IGNORECASE), rf"\1{MASK}"),
    (re.compile(r"""([?&](?:key|code|auth)=)[^\s"'&,;)]+""", re.IGNORECASE), rf"\1{MASK}"),
    (re.compile(r"""(?m)^((?:x-)?[\w-]*-(?:token|key|signature|credential):\s*)\S+""", re.IGNORECASE), rf"\1{MASK}"),
    (re.compile(r"(?<=//)(?!\$\{)[^\s/@:'\"]+:[^\s/@'\"]+@"), ""),  # user:password@ of a place without its protocol
)
# One search that nearly every text fails, before all of these.
_MAYBE = re.compile(rf"{_WORDS}|sig=|authorization|Bearer|Basic|eyJ|[?&](?:key|code|auth)=|-key:|//", re.IGNORECASE)
# A shorter text would be found inside of words; nobody's password is that short.
_SHORTEST = 4
# One that nobody declared to be a secret.
_SHORTEST_GUESSED = 6
# Variables of a secret's name that hold the place of a file, or a switch.
_HOLDS_NONE = re.compile(
    r"_(?:FILE|PATH|DIR|HOME|ENABLED)\Z|\AGOOGLE_APPLICATION_CREDENTIALS\Z|\A(?:OLD)?PWD\Z", re.IGNORECASE
)
_hidden: dict[str, str] = {}
# What the environment holds, until the next place with secrets is named: looking takes longer than masking.
_in_environment: dict[str, str] | None = None


def hide(text: str, name: str = MASK) -> None:
    """From now on, show a text by a name.

    Args:
        text: The secret; under 4 characters it is too common to be found in other texts.
        name: What stands in its place.
    """
    if len(text) >= _SHORTEST:
        _hidden.setdefault(text, name)


def hide_secrets_of(text: str) -> None:
    """From now on, do not show what a URL in this text holds: a library may tell a password without its URL.

    Args:
        text: A URL, or a text with some.
    Example:
        >>> hide_secrets_of("https://me:hunter2@host/a.jpg?sig=abcdefgh")
        >>> masked("the server did not take hunter2"), masked("abcdefgh is no signature")
        ('the server did not take ***', '*** is no signature')
    """
    global _in_environment  # noqa: PLW0603 - one fact about this process
    _in_environment = None
    for secret in _secrets_of(text):
        for form in {secret, unquote(secret), quote(unquote(secret), safe="")}:
            if len(form) >= _SHORTEST_GUESSED and form != MASK and not form.startswith("${"):
                hide(form)


def hide_options(options: Mapping[str, Any]) -> None:
    """From now on, do not show the values of options whose names say that they are secrets.

    Args:
        options: Such as those of an object store.
    """
    for name, value in options.items():
        if isinstance(value, str) and len(value) >= _SHORTEST_GUESSED and _SECRET_NAME.search(str(name)):
            hide(value)


def _secrets_of(text: str) -> Iterator[str]:
    if "://" not in text:
        return
    for match in _URL.finditer(text):
        user, at, _ = match[0].partition("://")[2].partition("/")[0].rpartition("@")
        name, colon, password = user.partition(":")
        # GitHub's tokens stand in the user's place.
        if at and (colon or len(name) >= 16):
            yield password if colon else name
        for part in re.split("[?&#;]", match[0])[1:]:
            key, _, value = part.partition("=")
            if _SECRET_NAME.search(key) or key.lower() in ("key", "code", "auth"):
                yield value


def _read_environment() -> Iterator[tuple[str, str]]:
    """Secrets that variables of the environment hold, each with what to show for it."""
    for name, value in os.environ.items():
        if len(value) < _SHORTEST_GUESSED:
            continue
        if _SECRET_NAME.search(name) and not _HOLDS_NONE.search(name):
            yield value, f"${{{name}}}"
            for part in value.split(";") if ";" in value else ():  # a connection string of Azure
                key, _, secret = part.partition("=")
                if _SECRET_NAME.search(key) and len(secret) >= _SHORTEST_GUESSED:
                    yield secret, MASK
        elif "@" in value:
            yield from ((one, MASK) for one in _secrets_of(value) if len(one) >= _SHORTEST_GUESSED)


def masked(text: str) -> str:
    """A text fit for people: without hidden texts and secrets, URLs without user, password, query and fragment.

    Example:
        >>> masked("https://me:secret@host/a.jpg?signature=x cannot be read")
        'https://host/a.jpg cannot be read'
        >>> masked("{'Authorization': 'Bearer abc.def', 'region': 'eu'} token=12345678")
        "{'Authorization': '***', 'region': 'eu'} token=***"
    """
    global _in_environment  # noqa: PLW0603 - as above
    if _in_environment is None:
        _in_environment = dict(_read_environment())
    hidden = {**_in_environment, **_hidden}
    for secret in sorted(hidden, key=len, reverse=True):
        text = text.replace(secret, hidden[secret])
    if "://" in text:
        text = _URL.sub(r"\1\2", text)
    if _MAYBE.search(text):
        for pattern, shown in _PATTERNS:
            text = pattern.sub(shown, text)
    return text


def masked_values(value: Any, name: str = "") -> Any:
    """Values that JSON has, with every text in them masked, and what stands under a secret's name.

    Args:
        value: A dict, a list, a text, a number ...
        name: Under which it stands.
    Example:
        >>> masked_values({"url": "s3://me:pw@b/a", "token": "abc", "tokens": 5})
        {'url': 's3://b/a', 'token': '***', 'tokens': 5}
    """
    if isinstance(value, str):
        return MASK if name and value and _SECRET_NAME.search(name) else masked(value)
    if isinstance(value, Mapping):
        return {key: masked_values(one, str(key)) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [masked_values(one, name) for one in value]
    return value


def without_secrets(error: BaseException) -> BaseException:
    """An error as the cause of another: itself, or a stand-in where it, or what it came from, tells a secret.

    A traceback shows all causes, and who prints it need not know of `masked`.

    Args:
        error: Any.
    Example:
        >>> without_secrets(OSError("https://host/a?sig=x is gone"))
        RuntimeError('OSError: https://host/a is gone')
    """
    if all(masked(text) == text for link in _chain(error) for text in (str(link), repr(link))):
        return error
    return RuntimeError(masked(f"{type(error).__name__}: {error}")).with_traceback(error.__traceback__)


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting, seen = [error], set[int]()
    while waiting:
        link = waiting.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [one for one in (link.__cause__, link.__context__) if one is not None]
        waiting += link.exceptions if isinstance(link, BaseExceptionGroup) else ()
