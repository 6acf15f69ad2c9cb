from pathlib import Path
from types import SimpleNamespace

import numpy as np

import membership
from passerby.train.detector.example import Example, LabelledScene, Labels


class Asked:
    """Says how bright a picture is, in as many marks as it has."""

    def __init__(self, *marks):
        self.marks = marks

    def __call__(self, picture):
        return np.full(len(self.marks), picture.image.mean())


def test_members_and_others_are_of_one_make_and_references_of_any_kind(monkeypatch):
    """Each picture is as bright as its place in its collection of 175, of which 25 are held out."""

    def example(place):
        scene = LabelledScene(np.full((4, 4, 3), place, np.uint8), Labels.of())
        return Example(str(place), lambda: scene)

    collection = SimpleNamespace(examples=lambda _data: [example(place) for place in range(175)])
    networks = {"passerby-obfuscator": Asked("one"), "yolox-nano": Asked("two", "three")}
    names = ("voc2007", "css", "rohith", "luiz")
    monkeypatch.setattr(membership, "COLLECTIONS", dict.fromkeys(names, collection))
    monkeypatch.setattr(membership, "open_marks", networks.get)
    record = membership.measured("passerby-obfuscator", Path("data"), most=20, seed=0)
    assert (record["members"], record["others"]) == (80, 80)
    of = {one["name"]: one["auc"]["value"] for one in record["attacks"]}
    assert set(of) == {"one", "learned", "calibrated", "pictures alone"}
    assert of["one"] == 0  # members are the darker ones: the first 150
    assert of["learned"] == of["pictures alone"] == 1
