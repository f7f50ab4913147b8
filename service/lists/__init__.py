"""Lists that offices hand in: rosters, households, attendance, poverty, suspects, from file to current entries."""
