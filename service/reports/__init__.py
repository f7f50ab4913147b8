"""Figures about cases, counted from the records; each carries the question that lists what it counts."""
