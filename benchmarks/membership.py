"""Whether the networks that come with passerby betray which photographs they were trained on.

    python benchmarks/membership.py ../shared/data -o membership.json

Members are photographs of the collections on a network's card, others the last seventh by name of
each, which none of our trainings reads. Of each collection as many members are drawn as others,
spread evenly over the names, so that both are of the same make. Networks of others, which have
learned from neither, say how far the pictures differ: yolox-nano for the detector, osnet-x0.25 for
signatures. There is no other obfuscator, so yolox-nano stands in for one. (coco128 is left out, of
which yolox-nano has learned.) For signatures, people are cut out as the training cuts them.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from passerby.attack.membership import infer_membership, membership_record
from passerby.attack.membership_marks import MemberPicture, marks_of, open_marks
from passerby.models.cards import MODELS
from passerby.models.training_card import training_card
from passerby.train.detector.collections import COLLECTIONS, held_out
from passerby.train.detector.example import Example
from passerby.train.reid.distillation.crops import people_in
from stamp import stamp

NETWORKS = {
    "passerby-people": "yolox-nano",
    "passerby-signature": "osnet-x0.25",
    "passerby-obfuscator": "yolox-nano",
}
"""And another network that has learned from none of the photographs."""


KNOWN_TO_REFERENCES = ("coco128",)
"""Collections from which a reference has learned."""


def main() -> None:
    """Ask each network, and keep its figures as soon as they are known."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, help="folder of the collections")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--most", type=int, default=30, help="others of a collection at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, required=True)
    asked = parser.parse_args()
    records: dict[str, Any] = {}
    if asked.output.is_file():
        records = json.loads(asked.output.read_text(encoding="utf-8"))
    for name in asked.networks:
        if name not in records:
            records[name] = {**measured(name, asked.data, asked.most, asked.seed), **stamp()}
            asked.output.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
        print(name)
        for one in records[name]["attacks"]:
            print(" ", one["name"], one["auc"], one["found"])


def measured(name: str, data: Path, most: int, seed: int) -> dict[str, Any]:
    """What attackers tell of one network."""
    card = training_card(MODELS[name])
    assert card is not None  # noqa: S101  (it is ours)
    members: list[Example] = []
    others: list[Example] = []
    for one in card["collections"]:
        if one["name"] in KNOWN_TO_REFERENCES:
            continue
        known, unknown = held_out(COLLECTIONS[one["name"]].examples(data))
        unknown = _spread(unknown, min(most, len(unknown)))
        members += _spread(known, len(unknown))
        others += unknown
    crops = MODELS[name].role == "signature"
    network, reference = open_marks(name), open_marks(NETWORKS[name])
    inside, outside, blind_inside, blind_outside = (
        marks_of(one, pictures(part, crops=crops))
        for one in (network, reference)
        for part in (members, others)
    )
    found = infer_membership(
        network.marks, inside, outside, reference=(blind_inside, blind_outside), seed=seed
    )
    settings = {"network": name, "reference": NETWORKS[name], "most": most, "seed": seed}
    return membership_record(found, len(inside), len(outside), settings)


def _spread(examples: list[Example], count: int) -> list[Example]:
    return [
        examples[place] for place in np.linspace(0, len(examples) - 1, count).round().astype(int)
    ]


def pictures(examples: Iterable[Example], *, crops: bool) -> Iterator[MemberPicture]:
    """The photographs, or the people in them, who count together."""
    for number, example in enumerate(examples):
        scene = example.load()
        if crops:
            for crop in people_in(scene):
                yield MemberPicture(crop.image, person=number)
        else:
            yield MemberPicture(scene.image, scene.labels.boxes)


if __name__ == "__main__":
    main()
