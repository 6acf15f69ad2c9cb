"""``passerby datasets split``: write down who is trained on."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from passerby.cli.console import say
from passerby.cli.endings import check_ending
from passerby.cli.exit_codes import EXIT_OK
from passerby.datasets.reading import draw_partitions
from passerby.datasets.splits import write_partitions
from passerby.errors import OutputError

__all__ = ["split"]


def split(
    root: Path,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    name: str | None = None,
    seed: Annotated[int, Parameter(validator=Number(gte=0))] = 0,
) -> int:
    """Write down who is trained on, where a data set leaves that to its users.

    The file holds the seed, the people of each partition, and a hash of all of it.

    Example: passerby datasets split VIPeR -o viper-splits.json --seed 0

    Args:
        root: Folder of the data set.
        output: The file to write.
        name: Of the data set; by default what its files look like.
        seed: Another seed draws other people; what the authors chose stays.
    """
    check_ending(output, "JSON", ".json")
    if output.exists():
        raise OutputError(f"{output} exists: name another output")
    partitions = draw_partitions(root, name, seed)
    write_partitions(output, partitions)
    say(f"{output}: {partitions}")
    return EXIT_OK
