"""A confusion matrix as SVG: the shade of a cell says which share of its row it is.

What is right is blue, what is wrong orange. Few classes have their counts written in the cells; with many the cells are
small, and a pointer tells the count. The colours on the shapes hold where no style sheet applies.
"""

from __future__ import annotations

from html import escape

from lookoutcv.reports.parts.display_text import shortened, visible
from lookoutcv.reports.parts.drawings import Matrix

# Most classes whose counts fit into their cells.
WRITTEN = 14
_RIGHT_FILL, _WRONG_FILL, _INK = "#2563c9", "#d9650f", "#1b212a"
_EMPTY, _LINE = "#f4f6f9", "#ffffff"
_LETTER_PX, _LONGEST = 6.2, 22
# Letters on a darker ground would be hard to read.
_STRONGEST = 0.5
# A single mistake must be seen, too.
_FAINTEST = 0.12


def svg(matrix: Matrix, key: str) -> str:
    """The matrix as an SVG element of its natural size.

    Args:
        matrix: With a row and a column at least.
        key: Makes the ids in it unique on its page.
    Returns:
        Markup in which every string of the matrix is escaped.
    """
    grid = _Grid(matrix)
    return "".join(
        [
            f'<svg class="chart matrix" viewBox="0 0 {grid.width} {grid.height}" width="{grid.width}" ',
            f'height="{grid.height}" role="img" aria-labelledby="{key}-t {key}-d" xmlns="http://www.w3.org/2000/svg" ',
            f'font-family="system-ui, sans-serif" font-size="{11 if grid.cell >= 16 else 10}">',
            f'<title id="{key}-t">{escape(visible(matrix.caption))}</title>',
            f'<desc id="{key}-d">A row a true class, a column a predicted class; {_total(matrix):,} images.</desc>',
            grid.ground(),
            *(grid.column(i) for i in range(len(matrix.columns))),
            *(grid.row(i) for i in range(len(matrix.rows))),
            "</svg>",
        ]
    )


def cell_px(classes: int) -> int:
    """The side of a cell, by how many classes there are."""
    return 40 if classes <= 8 else 34 if classes <= WRITTEN else 20 if classes <= 30 else 15


def _name(name: str) -> str:
    return shortened(visible(name), _LONGEST)


def _total(matrix: Matrix) -> int:
    return sum(count for counts in matrix.counts for count in counts)


def _worst_share(matrix: Matrix) -> float:
    """The largest share of a row that is wrong in one cell: the strongest orange."""
    shares = [
        count / sum(counts)
        for name, counts in zip(matrix.rows, matrix.counts, strict=True)
        for column, count in zip(matrix.columns, counts, strict=True)
        if column != name and sum(counts) > 0
    ]
    return max(shares, default=0.0) or 1.0


class _Grid:
    """Where everything stands."""

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self.cell = cell_px(len(matrix.columns))
        longest = max(len(_name(name)) for name in (*matrix.rows, *matrix.columns)) * _LETTER_PX
        # Column names stand slanted above their columns, and the last one reaches beyond them.
        slanted = round(longest * 0.72)
        self.left, self.top = round(longest) + 12, slanted + 16
        self.width = self.left + self.cell * len(matrix.columns) + slanted + 8
        self.height = self.top + self.cell * len(matrix.rows) + 2
        self.worst = _worst_share(matrix)

    def ground(self) -> str:
        """What empty cells look like: one area with lines between them."""
        right, floor = self.left + self.cell * len(self.matrix.columns), self.top + self.cell * len(self.matrix.rows)
        box = f'x="{self.left}" y="{self.top}" width="{right - self.left}" height="{floor - self.top}"'
        down = "".join(f"M{x} {self.top}V{floor}" for x in range(self.left + self.cell, right, self.cell))
        across = "".join(f"M{self.left} {y}H{right}" for y in range(self.top + self.cell, floor, self.cell))
        lines = f'<path class="lines" d="{down}{across}" stroke="{_LINE}"/>' if down or across else ""
        return f'<rect class="cell" {box} fill="{_EMPTY}"/>{lines}'

    def column(self, index: int) -> str:
        """The name of a column."""
        x, words = self.left + self.cell * (index + 0.5) + 4, escape(_name(self.matrix.columns[index]))
        place = f'transform="translate({x:g} {self.top - 6}) rotate(-45)"'
        return f'<text class="ink" {place} fill="{_INK}">{words}</text>'

    def row(self, index: int) -> str:
        """The name of a row, and its cells."""
        name, counts = self.matrix.rows[index], self.matrix.counts[index]
        y = self.top + self.cell * (index + 0.5) + 4
        place = f'x="{self.left - 6}" y="{y:g}" text-anchor="end"'
        label = f'<text class="ink" {place} fill="{_INK}">{escape(_name(name))}</text>'
        return label + "".join(self._cell(index, column, sum(counts)) for column in range(len(counts)))

    def _cell(self, row: int, column: int, images: int) -> str:
        count = self.matrix.counts[row][column]
        # The line between cells takes a pixel.
        x, y, side = self.left + self.cell * column + 0.5, self.top + self.cell * row + 0.5, self.cell - 1
        if not count:
            return ""
        true, predicted = self.matrix.rows[row], self.matrix.columns[column]
        right = true == predicted
        words = f"{true} {'right' if right else f'taken for {predicted}'}: {count:,} of {images:,}"
        kind, fill = ("right", _RIGHT_FILL) if right else ("wrong", _WRONG_FILL)
        strength = _STRONGEST * count / images / (1 if right else self.worst)
        box = f'x="{x}" y="{y}" width="{side}" height="{side}" fill="{fill}"'
        shade = f'<rect class="{kind}" {box} fill-opacity="{max(strength, _FAINTEST):.2f}">'
        drawn = f"{shade}<title>{escape(visible(words))}</title></rect>"
        if len(self.matrix.columns) > WRITTEN:
            return drawn
        middle = f'x="{x + side / 2:g}" y="{y + side / 2 + 4:g}" text-anchor="middle"'
        small = ' font-size="9"' if count > 9999 else ""
        return f'{drawn}<text class="count" {middle}{small} fill="{_INK}">{count}</text>'
