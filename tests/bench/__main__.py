"""`make bench`: the reader on sheets it was not tuned on, known forms and unknown ones, and its memory over 2,000; the
review's pages; the month and its end; casework, lists and likeness in a large county."""

from __future__ import annotations

import sys

from tests.bench import accuracy, casework, likeness, months, pages, properties, roster, rush, soak
from tests.bench.held import ROOT
from tests.servers import postgres_answers

PLOTS = ROOT / "build" / "bench"


def main(arguments: list[str]) -> int:
    """Runs the accuracy benchmark on plain sheets twice and on altered ones, RapidOCR's pace only once."""
    print("— without a roster —")
    bare = accuracy.main([*arguments, "--plot", str(PLOTS / "reliability.svg")])
    print("\n— with the school's roster —")
    plot = str(PLOTS / "reliability-roster.svg")
    listed = accuracy.main([*arguments, "--roster", "--fullpage", "0", "--plot", plot])
    print("\n— altered layouts, worn paper, hard pictures —")
    plot = str(PLOTS / "reliability-altered.svg")
    altered = accuracy.main([*arguments, "--variant", "altered", "--fullpage", "0", "--plot", plot])
    print("\n— photographed tables of no known form —")
    unknown = accuracy.main([*arguments, "--variant", "unknown", "--fullpage", "0"])
    print("\n— 2,000 sheets in one process —")
    level = soak.main([])
    print("\n— the review's pages —")
    answered = pages.main([]) or (pages.main(["--postgres"]) if postgres_answers() else 0)
    print("\n— the month at a million events —")
    opened = months.main([])
    print("\n— what must hold of the figures of that county —")
    holds = properties.main([] if postgres_answers() else ["--sqlite"])
    print("\n— month's end: 400 units within a minute —")
    rushed = rush.main([]) or (rush.main(["--postgres"]) if postgres_answers() else 0)
    print("\n— child, school and overdue pages in a county of 200,000 children —")
    worked = casework.main([]) or (casework.main(["--postgres"]) if postgres_answers() else 0)
    print("\n— a roster of 50,000 pupils taken in —")
    listed_in = roster.main([]) or (roster.main(["--postgres"]) if postgres_answers() else 0)
    print("\n— children recorded twice among 50,000 —")
    found = likeness.main([])
    reader = bare or listed or altered or unknown or level
    return reader or answered or opened or holds or rushed or worked or listed_in or found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
