"""``passerby attack membership``: whether a network remembers what it was trained on."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from passerby.cli.bar import Bar
from passerby.cli.console import Table, print_table, say
from passerby.cli.endings import check_ending
from passerby.cli.exit_codes import EXIT_OK

if TYPE_CHECKING:
    from passerby.attack.membership import MembershipFinding

__all__ = ["membership"]

_WIDTH = 120
"""Columns of the terminal that the table needs."""


def membership(  # noqa: PLR0913  (one option each)
    network: str,
    *,
    members: Path,
    others: Path,
    reference: str | None = None,
    pattern: str | None = None,
    pictures: Annotated[int, Parameter(validator=Number(gte=20, lte=100_000))] = 250,
    seed: Annotated[int, Parameter(validator=Number(gte=0))] = 0,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
) -> int:
    """Try to tell pictures that a network has learned from, and pictures that it has not.

    Networks are surer and steadier about what they were trained on. Each such mark is tried alone,
    and all together by an attacker who knows half of the members. With --reference, a
    network that has learned from neither, what is easy for every network is
    subtracted; and what this network tells alone is a difference of the pictures, not memory.
    Figures are how often a member has the higher score (AUC, 0.5 by chance), and how many members
    are found while 1 % and 10 % of the others are taken for members.

    Example: passerby attack membership passerby-people --members learned --others held-out
    --reference yolox-nano -o membership.json

    Args:
        network: A name (passerby models list), an ONNX file, or the model.pt of a training run: it
            finds people, makes signatures, or obfuscates.
        members: Folder of pictures that it was trained on. Boxes of people in the folder labels
            beside it, as YOLO text, are read for a network that finds people.
        others: Folder of pictures like them that it has never seen; of one make, or any difference
            will be found.
        reference: Another network that has learned from none of them, of the same kind if there is
            one.
        pattern: How names are built, such as {id}_c{camera}*: pictures of one person count
            together.
        pictures: Pictures that are drawn from each folder, at most.
        seed: The same seed gives the same figures.
        output: The JSON file to write.
    """
    from passerby.attack.membership import infer_membership, membership_record  # noqa: PLC0415
    from passerby.attack.membership_folder import MemberFolder  # noqa: PLC0415
    from passerby.attack.membership_marks import marks_of, open_marks  # noqa: PLC0415
    from passerby.evaluate.reid.result_files import write_json  # noqa: PLC0415

    check_ending(output, "the figures", ".json")
    folders = [
        MemberFolder(folder, pictures=pictures, pattern=pattern, seed=seed)
        for folder in (members, others)
    ]
    asked = [open_marks(name) for name in (network, reference) if name is not None]
    with Bar() as bar:
        steps = len(asked) * sum(map(len, folders))
        tick = partial(bar.advance, bar.add_task("asking networks", total=steps))
        marks = [[marks_of(one, folder, tick) for folder in folders] for one in asked]
    (inside, outside), *rest = marks
    found = infer_membership(
        asked[0].marks,
        inside,
        outside,
        reference=(rest[0][0], rest[0][1]) if rest else None,
        seed=seed,
    )
    settings = {"network": network, "reference": reference, "seed": seed, "pictures": pictures}
    write_json(output, membership_record(found, len(inside), len(outside), settings))
    _print(found, len(inside), len(outside))
    say(str(output))
    return EXIT_OK


def _print(found: "list[MembershipFinding]", members: int, others: int) -> None:
    from passerby.attack.membership import FALSE_ALARMS  # noqa: PLC0415  (help does without)

    say(f"{members} members and {others} others")
    table = Table("attack", "AUC", "95 %", *(f"found at {one:.0%}" for one in FALSE_ALARMS))
    for one in found:
        shares = {
            each.false_alarms: f"{each.share:.1%} ({each.interval.low:.1%} to "
            f"{each.interval.high:.1%})"
            for each in one.found
        }
        ends = one.auc.interval
        table.add_row(
            one.name,
            f"{one.auc.value:.3f}",
            f"{ends.low:.3f} to {ends.high:.3f}",
            *(shares.get(rate, "too few others") for rate in FALSE_ALARMS),
        )
    print_table(table, _WIDTH)
