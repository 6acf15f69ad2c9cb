"""Data sets for re-identification: one a file, joined in one table."""

from passerby.datasets import (
    airport,
    cuhk03,
    duke,
    folder,
    grid,
    market1501,
    msmt17,
    tvpr,
    viper,
)
from passerby.datasets.card import DATASETS, Choice, DatasetCard
from passerby.datasets.index import SUBSETS, Part, PublishedProtocol, ReidDataset, Sample, Subset
from passerby.datasets.reading import read_dataset

__all__ = [
    "DATASETS",
    "SUBSETS",
    "Choice",
    "DatasetCard",
    "Part",
    "PublishedProtocol",
    "ReidDataset",
    "Sample",
    "Subset",
    "airport",
    "cuhk03",
    "duke",
    "folder",
    "grid",
    "market1501",
    "msmt17",
    "read_dataset",
    "tvpr",
    "viper",
]
