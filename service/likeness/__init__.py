"""Whether two records speak of one child: blocks of candidates, and a score whose weights are stated."""

from service.likeness.pairs import Pair, likely_pairs
from service.likeness.person import Person

__all__ = ["Pair", "Person", "likely_pairs"]
