"""Printed options to tick, in lines within a cell, each with its box before it or none."""

from __future__ import annotations

from tests.press.paper import Box, Paper


def printed(paper: Paper, options: tuple[str, ...], cell: Box, *, boxed: bool) -> dict[str, Box]:
    """Prints the options; returns where each one's box, or its word, lies."""
    size = min(paper.style.size_mm, 4.2)
    gap = size * 0.7
    lines: list[list[str]] = [[]]
    used = 0.0
    for option in options:
        width = size * (len(option) + (1.1 if boxed else 0)) + gap
        if lines[-1] and used + width > cell[2] - cell[0] - 2:
            lines.append([])
            used = 0.0
        lines[-1].append(option)
        used += width
    leading = min(size * 1.6, (cell[3] - cell[1] - 1) / len(lines))
    size = min(size, leading / 1.1)
    places: dict[str, Box] = {}
    for number, line in enumerate(lines):
        x = cell[0] + 2
        y = (cell[1] + cell[3]) / 2 + (number - (len(lines) - 1) / 2) * leading
        for option in line:
            side = size * 0.8
            if boxed:
                corners = [
                    (x, y - side / 2),
                    (x + side, y - side / 2),
                    (x + side, y + side / 2),
                    (x, y + side / 2),
                ]
                paper.outline(corners)
                paper.words(paper.script(option), x + side + 0.6, y, size, anchor="lm")
                places[option] = (x, y - side / 2, x + side, y + side / 2)
                x += side + 0.6 + size * len(option) + gap
            else:
                paper.words(paper.script(option), x, y, size, anchor="lm")
                places[option] = (x, y - size / 2, x + size * len(option), y + size / 2)
                x += size * len(option) + gap * 1.6
    return places
