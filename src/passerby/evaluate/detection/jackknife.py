"""What each picture contributes to a figure of all of them, so that two figures can be paired."""

import numpy as np

from passerby.evaluate.detection.bootstrap import CurveFigure
from passerby.evaluate.detection.curves import curve
from passerby.evaluate.detection.ranking import Ranking
from passerby.evaluate.statistics import Figures

__all__ = ["by_picture"]


def by_picture(figure: CurveFigure, ranking: Ranking) -> Figures:
    """Split a figure into values of single pictures, by leaving out one at a time.

    An average precision is no mean over pictures. But with n pictures, a picture's value is the
    figure and n - 1 times what the figure loses without it (the jackknife: Tukey 1958, shifted here
    so that the mean is the figure itself). The deviation of these values is that of the figure.

    Args:
        figure: Such as `average_precision`.
        ranking: Of all pictures.

    Returns:
        Shape (pictures,); NaN where there was nothing to find.
    """
    count = len(ranking.wanted)
    without = np.empty(count)
    for number in range(count):
        times = np.ones(count, np.int64)
        times[number] = 0
        without[number] = figure(curve(ranking, times))
    values: Figures = figure(curve(ranking)) + (count - 1) * (without.mean() - without)
    return values
