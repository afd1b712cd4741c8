"""Text files as other programs write them: one rule for their encodings, wherever a table, a list or a label is read.

A byte order mark says what the rest is (Windows Notepad and Excel write UTF-8 and UTF-16 with one). Without it, every
other byte of UTF-16 in a European language is zero. All else is UTF-8, and a line that is not is one of Windows' code
page 1252, which Excel writes as "CSV". What that has no letter for stays as the bytes it was (`surrogateescape`).
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import IO

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HEAD_BYTES = 512
# A path or a URL of a person's own is shorter; one of a hostile table has what room there is.
_HEAD, _TAIL = 200, 80
_LONG_WORD = re.compile(r"\S{400,}")
Opener = Callable[[str, int], int]


def encoding_of(head: bytes) -> str:
    """The encoding of a text, by its first bytes.

    Example:
        >>> encoding_of(b"path,label"), encoding_of("path".encode("utf-16")), encoding_of("path".encode("utf-16-be"))
        ('utf-8', 'utf-16', 'utf-16-be')
    """
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    if marked is not None:
        return marked
    head = head[:HEAD_BYTES]
    half = len(head) // 2
    if half and head[1::2].count(0) > half * 0.6 and not head[::2].count(0):
        return "utf-16-le"
    if half and head[::2].count(0) > half * 0.6 and not head[1::2].count(0):
        return "utf-16-be"
    return "utf-8"


def open_text(path: str, *, newline: str | None = None, opener: Opener | None = None) -> IO[str]:
    """A text file opened for reading in its own encoding; give its lines to `mended`.

    Raises:
        OSError: It cannot be read.
    """
    binary = open(path, "rb", opener=opener)  # noqa: SIM115 - the wrapper closes it
    try:
        encoding = encoding_of(binary.peek(HEAD_BYTES))
    except OSError:
        binary.close()
        raise
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    return io.TextIOWrapper(binary, encoding=encoding, errors=errors, newline=newline)


def mended(text: str) -> str:
    """A line without bytes that are not UTF-8: it is one of code page 1252 then.

    Example:
        >>> mended(b"K\\xe4fer.jpg".decode("utf-8", "surrogateescape"))
        'Käfer.jpg'
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        try:
            return text.encode("utf-8", "surrogateescape").decode("cp1252")
        except UnicodeError:
            return text
    return text


def text_of(data: bytes) -> str:
    """A whole small text, whatever its encoding.

    Raises:
        ValueError: It is no text.
    Example:
        >>> text_of("0 0.5 0.5".encode("utf-16")), text_of(b"K\\xe4fer\\n")
        ('0 0.5 0.5', 'Käfer\\n')
    """
    encoding = encoding_of(data)
    escaping = "surrogateescape" if encoding.startswith("utf-8") else "strict"
    text = data.decode(encoding, escaping)
    if "\0" in text:
        raise ValueError("not text")
    return text if text.isascii() else "".join(map(mended, text.splitlines(keepends=True)))


def parse_error(reason: Exception) -> str:
    """What a parser of JSON or YAML says of a text, on one line: of one nested too deep that, not how Python noticed.

    Example:
        >>> parse_error(RecursionError("maximum recursion depth exceeded")), parse_error(ValueError("no value"))
        ('it is nested too deep', 'no value')
    """
    return "it is nested too deep" if isinstance(reason, RecursionError) else " ".join(str(reason).split())


def without_long_words(text: str) -> str:
    """A sentence in which names that no person reads to their end are cut in their middle.

    Example:
        >>> len(without_long_words("a" * 5000 + " is gone"))
        289
    """
    return _LONG_WORD.sub(lambda word: f"{word[0][:_HEAD]}…{word[0][-_TAIL:]}", text)


def composed(name: str) -> str:
    """A name by which the same name in another spelling is found: macOS writes é as e and an accent (NFD).

    Example:
        >>> composed("e\\u0301.jpg") == composed("\\xe9.jpg")
        True
    """
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def spellings(name: str) -> Iterator[str]:
    """Other spellings of a name that a disk may have: with letters and accents joined or apart, or in code page 1252.

    Example:
        >>> [len(other) for other in spellings("\\xe9.jpg")], list(spellings("a.jpg"))
        ([6, 5], [])
    """
    if name.isascii():
        return
    for form in ("NFC", "NFD"):
        if (other := unicodedata.normalize(form, name)) != name:
            yield other
    try:
        yield name.encode("cp1252").decode("utf-8", "surrogateescape")
    except UnicodeError:
        return


def joined(words: Sequence[str]) -> str:
    """Words as a sentence has them.

    Example:
        >>> joined(["a"]), joined(["a", "b", "c"])
        ('a', 'a, b and c')
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
