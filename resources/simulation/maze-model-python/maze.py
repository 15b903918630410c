"""The world: a perfect maze with a start on the left border, an exit on the right border and a key.

(0, 0) is top left, x grows right, y grows down. Each cell is one byte: the sum of its open sides
UP, RIGHT, DOWN and LEFT, rows by y. Start and exit are open to the outside too.
"""

from array import array

from settings import Random

UP, RIGHT, DOWN, LEFT = 1, 2, 4, 8
OPPOSITE = {UP: DOWN, RIGHT: LEFT, DOWN: UP, LEFT: RIGHT}


class Maze:
    def __init__(self, width, height, seed, progress):
        """progress is told the share of carved cells in per cent, about every ten."""
        self.width = width
        self.height = height
        random = Random(seed)
        self.start = (0, random.below(height))
        self.exit = (width - 1, random.below(height))
        while True:
            at = random.below(width * height)
            self.key = (at % width, at // width)
            if self.key not in (self.start, self.exit):
                break
        self.open = self._carve(random, progress)
        self.open[self._index(*self.start)] |= LEFT
        self.open[self._index(*self.exit)] |= RIGHT

    def _index(self, x, y):
        return y * self.width + x

    def _carve(self, random, progress):
        """Recursive backtracker with a stack of its own.

        The order of the draws and of the sides is part of what a seed means; maze.cpp does the same.
        """
        width = self.width
        # A frame of one cell that counts as carved spares the checks for the border.
        stride = width + 2
        field = bytearray([255]) * (stride * (self.height + 2))
        for y in range(1, self.height + 1):
            field[y * stride + 1 : y * stride + 1 + width] = bytes(width)
        steps = ((-stride, UP), (1, RIGHT), (stride, DOWN), (-1, LEFT))
        cells = width * self.height
        first = (self.start[1] + 1) * stride + 1 + self.start[0]
        stack = array("l", [first])
        field[first] = 16  # carved, no side open yet
        carved = 1
        tenths = 0
        while stack:
            here = stack[-1]
            ways = [way for way in steps if not field[here + way[0]]]
            if not ways:
                stack.pop()
                continue
            step, side = ways[0] if len(ways) == 1 else ways[random.below(len(ways))]
            field[here] |= side
            here += step
            field[here] = OPPOSITE[side]
            stack.append(here)
            carved += 1
            if carved * 10 // cells > tenths:
                tenths = carved * 10 // cells
                progress(100.0 * carved / cells)
        field[first] &= 15
        result = bytearray()
        for y in range(1, self.height + 1):
            result += field[y * stride + 1 : y * stride + 1 + width]
        return result

    def mark(self, x, y):
        if (x, y) == self.start:
            return "S"
        if (x, y) == self.key:
            return "K"
        return "E" if (x, y) == self.exit else " "

    def position(self, x, y):
        open_sides = self.open[self._index(x, y)]
        return {
            "here": self.mark(x, y),
            "up": 0 if open_sides & UP else 1,
            "right": 0 if open_sides & RIGHT else 1,
            "down": 0 if open_sides & DOWN else 1,
            "left": 0 if open_sides & LEFT else 1,
        }

    def as_dict(self):
        def place(cell):
            return {"x": cell[0], "y": cell[1]}

        return {
            "width": self.width,
            "height": self.height,
            "start": place(self.start),
            "key": place(self.key),
            "exit": place(self.exit),
            "cells": [
                [self.position(x, y) for x in range(self.width)] for y in range(self.height)
            ],
        }

    def text(self, walked=frozenset()):
        """The map, each row with its newline; walked: the cells to show as *."""
        marks = {cell: "*" for cell in walked}
        marks.update({self.start: "S", self.key: "K", self.exit: "E"})
        rows = [self._border(0, UP)]
        for y in range(self.height):
            cells = self.open[y * self.width : (y + 1) * self.width]
            row = [" " if cells[0] & LEFT else "|"]
            for x, open_sides in enumerate(cells):
                row.append(marks.get((x, y), " "))
                row.append(" " if open_sides & RIGHT else "|")
            rows.append("".join(row))
            rows.append(self._border(y, DOWN))
        return "\n".join(rows) + "\n"

    def _border(self, y, side):
        cells = self.open[y * self.width : (y + 1) * self.width]
        return "".join("+ " if open_sides & side else "+-" for open_sides in cells) + "+"
