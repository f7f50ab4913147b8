"""Children and their cases: what signed-off papers and people's acts make of them."""
