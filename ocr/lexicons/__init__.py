"""Words, names and signs that reading leans on; README.md says where each comes from."""
