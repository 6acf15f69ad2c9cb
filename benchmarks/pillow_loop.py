"""Anonymize a folder of person crops as a short script does, or only read and write them.

    python benchmarks/pillow_loop.py FOLDER COPY [--floor]

The top quarter of each picture is enlarged to what it is in 128x256 pixels, filtered with Pillow's
median of 9 pixels (van Rooijen et al., section 2.2), and put back. With ``--floor`` nothing is
done between reading and writing.
"""

import argparse
from math import ceil
from pathlib import Path

from PIL import Image, ImageFilter

__all__ = ["copy_all", "filtered"]

SIZE = (128, 256)
KERNEL = 9
TOP_SHARE = 0.25
QUALITY = 95


def copy_all(source: Path, target: Path, *, floor: bool = False) -> int:
    """Write a copy of every JPEG below ``source``, and return how many there are."""
    paths = sorted(source.rglob("*.jpg"))
    for path in paths:
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(path) as image:
            changed = image.convert("RGB") if floor else filtered(image.convert("RGB"))
            changed.save(copy, quality=QUALITY)
    return len(paths)


def filtered(image: Image.Image) -> Image.Image:
    """Return a copy whose top quarter is filtered."""
    width, height = image.size
    top = image.crop((0, 0, width, ceil(TOP_SHARE * height)))
    size = SIZE[0], max(1, round(top.height * SIZE[1] / height))
    large = top.resize(size, Image.Resampling.BILINEAR)
    covered = large.filter(ImageFilter.MedianFilter(KERNEL))
    output = image.copy()
    output.paste(covered.resize(top.size, Image.Resampling.BILINEAR), (0, 0))
    return output


def main() -> None:
    """Copy the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("copy", type=Path)
    parser.add_argument("--floor", action="store_true")
    options = parser.parse_args()
    copy_all(options.folder, options.copy, floor=options.floor)


if __name__ == "__main__":
    main()
