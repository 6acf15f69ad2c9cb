"""The tables of papers, measured anew and laid beside what was published."""

from passerby.reproduce.experiment import EXPERIMENTS, STUDIES, Change, Experiment, Line
from passerby.reproduce.obfuscator import de_coninck, johansson_lundberg, recipes
from passerby.reproduce.reid import dietlmeier, van_rooijen

__all__ = [
    "EXPERIMENTS",
    "STUDIES",
    "Change",
    "Experiment",
    "Line",
    "de_coninck",
    "dietlmeier",
    "johansson_lundberg",
    "recipes",
    "van_rooijen",
]
