"""The tables of papers, measured anew and laid beside what was published."""

from passerby.reproduce.experiment import EXPERIMENTS, STUDIES, Change, Experiment, Line
from passerby.reproduce.reid import dietlmeier, van_rooijen

__all__ = [
    "EXPERIMENTS",
    "STUDIES",
    "Change",
    "Experiment",
    "Line",
    "dietlmeier",
    "van_rooijen",
]
