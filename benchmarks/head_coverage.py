"""Share of the heads of a clip that its anonymized copy covers.

    python benchmarks/head_coverage.py CLEAR COVERED TRUTH

The same as `passerby evaluate coverage`; what counts as a head, and as covered, is said in
`passerby.evaluate.coverage`.
"""

import argparse
import sys
from pathlib import Path

from passerby.errors import PasserbyError
from passerby.evaluate.coverage import SHORTEST_PERSON, coverage_of


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    for name in ("clear", "covered", "truth"):
        parser.add_argument(name, type=Path)
    parser.add_argument(
        "--shortest", type=float, default=SHORTEST_PERSON, help="height of persons who count"
    )
    options = parser.parse_args()
    try:
        found = coverage_of(options.clear, options.covered, options.truth, options.shortest)
    except PasserbyError as error:
        sys.exit(str(error))
    print(
        f"{found.covered} of {found.heads} heads covered, {found.half_covered} at least half; "
        f"{found.changed:.2%} of the pixels changed"
    )


if __name__ == "__main__":
    main()
