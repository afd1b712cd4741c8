"""What a display is: a function from a result to the HTML that a notebook shows where a cell ends with the result.

A result asks for its display by its class (`plugins.html_of`) and knows nothing of this room.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lookoutcv.plugins import DISPLAYS, Registry, first_line


@dataclass(frozen=True)
class Display:
    """A plugin of this room.

    Args:
        name: Of the class of results.
        draw: Makes the HTML, which holds everything and runs nothing.
        summary: One line for `lookout plugins`.
    """

    name: str
    draw: Callable[[Any], str]
    summary: str


def display(name: str) -> Callable[[Callable[[Any], str]], Display]:
    """Make a display of the function that draws a result; the arguments are those of `Display`.

    Example:
        >>> @display("Weather")
        ... def weather(result):
        ...     "The weather in one word."
        ...     return f"<b>{result}</b>"
        >>> weather.summary
        'The weather in one word.'
    """

    def decorate(function: Callable[[Any], str]) -> Display:
        return Display(name, function, first_line(function))

    return decorate


registry: Registry[Display] = Registry(DISPLAYS, Display)
