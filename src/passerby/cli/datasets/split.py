"""``passerby datasets split``: write a split file."""

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
    """Write a split file: the people to train on, if a data set leaves this to its users.

    The file holds the seed, the people of each partition, and a hash of its content.

    Example: passerby datasets split VIPeR -o viper-splits.json --seed 0

    Args:
        root: Folder of the data set.
        output: The file to write.
        name: Name of the data set; by default recognised from the files.
        seed: Another seed draws other people; splits chosen by the authors stay.
    """
    check_ending(output, "JSON", ".json")
    if output.exists():
        raise OutputError(f"{output} exists: name another output")
    partitions = draw_partitions(root, name, seed)
    write_partitions(output, partitions)
    say(f"{output}: {partitions}")
    return EXIT_OK
