"""Same child, same paper: what looks alike is put before a person, merged or kept apart, and can be undone."""
