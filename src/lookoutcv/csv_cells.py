r"""Texts in the cells of CSV that a spreadsheet must not take for formulas, and a terminal not for commands.

A cell that begins with `=`, `+`, `-`, `@`, a tab or an end of a line is run by spreadsheets; it gets a single quote
before it, which they take for "this is text". Inside a cell nothing may be left that begins a formula where a
spreadsheet parts cells by another sign (`;`, `|`, a tab, an end of a line), and no control character: such a cell is
written as `'\`, then the text with `\xNN` in place of them and `\\` in place of a backslash. A number is a number:
`-1.5` stays.

`true_text` takes back what `harmless` did, whatever the text: a table of ours that is read again names its images
right.

Source: OWASP, "CSV Injection", https://owasp.org/www-community/attacks/CSV_Injection.
"""

from __future__ import annotations

import re

_SIGN = "=+\\-@＝＋－＠"
# What is not seen before a sign, and what spreadsheets pass over: a byte order mark, spaces without width.
_UNSEEN = "\u00a0\u200b-\u200f\u2060\ufeff"
_FORMULA = f"[{_SIGN}\t\r\n\0]"
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
_BEGINS = rf"[' {_UNSEEN}]*{_FORMULA}|'+\\"
# What a spreadsheet may part cells at that expects other signs than commas.
_PARTED = rf"[;|\t\n\r][ \"'{_UNSEEN}]*[{_SIGN}]"
# RE2 and Python read it alike: whether a text needs to be looked at.
SUSPECT = rf"^(?:{_BEGINS})|{_CONTROL}|{_PARTED}"

_suspect, _quoted = re.compile(SUSPECT), re.compile(rf"'(?:{_BEGINS})")
_inside = re.compile(rf"{_CONTROL}|{_PARTED}")
_number = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_escaped = re.compile(r"'\\(?:[^\\]|\\\\|\\x[0-9a-f]{2}|\\u[0-9a-f]{4})*", re.DOTALL)
_escape = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4}))")


def harmless(text: str) -> str:
    r"""A text as the cell of a CSV file that a spreadsheet shows and does not run.

    Example:
        >>> harmless("=1+1"), harmless("-1.5"), harmless("cat; dog"), harmless("a;=1")
        ("'=1+1", '-1.5', 'cat; dog', "'\\a;\\x3d1")
    """
    if _suspect.search(text) is None or _number.fullmatch(text):
        return text
    if _inside.search(text):
        return "'\\" + _inside.sub(_hexadecimal, text.replace("\\", "\\\\"))
    return "'" + text


def harmless_json(text: str) -> str:
    r"""JSON as the cell of a CSV file: it begins with a bracket, and its strings hold what is escaped as JSON does.

    Example:
        >>> harmless_json('{"site": "north;=1"}')
        '{"site": "north;\\u003d1"}'
    """
    return _inside.sub(_unicode, text)


def true_text(cell: str) -> str:
    r"""The text of a cell that `harmless` wrote; any other cell as it is.

    Example:
        >>> true_text("'=1+1"), true_text("'tis.jpg"), true_text("'\\a;\\x3d1")
        ('=1+1', "'tis.jpg", 'a;=1')
    """
    if cell[:1] != "'":
        return cell
    if _escaped.fullmatch(cell):
        return _escape.sub(_character, cell[2:])
    return cell[1:] if _quoted.match(cell) else cell


def _hexadecimal(match: re.Match[str]) -> str:
    code = ord(match[0][-1])
    return match[0][:-1] + (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def _unicode(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}\\u{ord(match[0][-1]):04x}"


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else "\\"
