"""The tables of papers, measured anew and laid beside what was published."""

from passerby.reproduce import dietlmeier, van_rooijen
from passerby.reproduce.experiment import EXPERIMENTS, Case, Change, Experiment, Line

__all__ = [
    "EXPERIMENTS",
    "Case",
    "Change",
    "Experiment",
    "Line",
    "dietlmeier",
    "van_rooijen",
]
