"""What the administrator does from a terminal: `python -m service …`, one module per kind of task."""
