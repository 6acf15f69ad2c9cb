"""Names of COCO's classes (Lin et al. 2014, arXiv 1405.0312), in the two orders in use."""

__all__ = ["COCO", "COCO_91"]

_NAMES = """
person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light,
fire hydrant, stop sign, parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant,
bear, zebra, giraffe, backpack, umbrella, handbag, tie, suitcase, frisbee, skis, snowboard,
sports ball, kite, baseball bat, baseball glove, skateboard, surfboard, tennis racket, bottle,
wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange, broccoli, carrot,
hot dog, pizza, donut, cake, chair, couch, potted plant, bed, dining table, toilet, tv,
laptop, mouse, remote, keyboard, cell phone, microwave, oven, toaster, sink, refrigerator,
book, clock, vase, scissors, teddy bear, hair drier, toothbrush
"""

COCO = tuple(name.strip() for name in _NAMES.split(","))
"""The 80 that are labelled, numbered from 0."""

_NEVER_LABELLED = 12, 26, 29, 30, 45, 66, 68, 69, 71, 83
"""Numbers, from 1, of classes that were named and dropped."""


def _with_gaps() -> tuple[str, ...]:
    labelled = iter(COCO)
    return tuple("" if n in _NEVER_LABELLED else next(labelled) for n in range(1, 91))


COCO_91 = _with_gaps()
"""The 90 numbers up to 90 that its files use, from 1; empty where no class has the number."""
