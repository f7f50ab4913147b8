"""Reliability diagrams: confidence against the share that was right, one panel per kind of field, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from tests.bench.scoring import Outcome, accuracy, calibration_error, grouped

BINS = 10
SIDE, GAP, HEAD, FOOT, ACROSS = 150, 46, 34, 26, 4
"""Pixels of a panel's side, between panels, above and below each; panels in a row."""


def write(path: Path, judged: Sequence[Outcome], title: str) -> None:
    """Writes the diagrams of all fields and of each kind (Niculescu-Mizil and Caruana, ICML 2005)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg(judged, title), encoding="utf-8")


def points(judged: Sequence[Outcome], bins: int = BINS) -> list[tuple[float, float, int]]:
    """Mean confidence, share right and number of the values in each bin of confidence that holds any."""
    inside = grouped(judged, lambda one: min(int(one.confidence * bins), bins - 1))
    return [(sum(one.confidence for one in some) / len(some), accuracy(some).share, len(some))
            for _, some in sorted(inside.items())]


def svg(judged: Sequence[Outcome], title: str) -> str:
    """The whole picture."""
    panels = [("all", list(judged)), *sorted(grouped(judged, lambda one: one.kind).items())]
    rows = -(-len(panels) // ACROSS)
    wide, high = ACROSS * (SIDE + GAP) + GAP, rows * (SIDE + HEAD + FOOT) + 30
    drawn = [_panel(name, inside, GAP + place % ACROSS * (SIDE + GAP), 30 + place // ACROSS * (SIDE + HEAD + FOOT))
             for place, (name, inside) in enumerate(panels)]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        'font-family="sans-serif" font-size="10">',
        f'<rect width="{wide}" height="{high}" fill="white"/>',
        f'<text x="{GAP}" y="20" font-size="13">{escape(title)}: confidence (across) against share right (up)</text>',
        *drawn, "</svg>", ""])


def _panel(name: str, judged: Sequence[Outcome], x: int, y: int) -> str:
    top, error = y + HEAD, calibration_error(judged)
    lines = [
        f'<text x="{x}" y="{y + 22}"><tspan font-weight="bold">{escape(name)}</tspan> '
        f'{len(judged)} values, calibration error {error:.3f}</text>',
        f'<rect x="{x}" y="{top}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#999"/>',
        f'<path d="M{x} {top + SIDE}L{x + SIDE} {top}" stroke="#bbb" stroke-dasharray="3 3"/>']
    for mark in (0.0, 0.5, 1.0):
        lines += [f'<text x="{x + SIDE * mark:.0f}" y="{top + SIDE + 12}" text-anchor="middle">{mark:g}</text>',
                  f'<text x="{x - 4}" y="{top + SIDE * (1 - mark) + 4:.0f}" text-anchor="end">{mark:g}</text>']
    for confidence, share, count in points(judged):
        radius = 2.5 + 6 * (count / len(judged)) ** 0.5
        lines.append(f'<circle cx="{x + SIDE * confidence:.1f}" cy="{top + SIDE * (1 - share):.1f}" r="{radius:.1f}" '
                     f'fill="#1f77b4" fill-opacity="0.6"><title>{count} values: confidence {confidence:.3f}, '
                     f'right {share:.3f}</title></circle>')
    return "\n".join(lines)
