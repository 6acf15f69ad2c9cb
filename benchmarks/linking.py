"""Fits the model of links to corridor scenes, and measures links on others.

    passerby synth corridor --cameras 3 --seed 101 -o 3-101
    passerby synth corridor --cameras 6 --people 36 --seed 111 -o 6-111
    python benchmarks/linking.py fit 3-101 6-111 --kept kept
    python benchmarks/linking.py report 3-201 --kept kept

Films are followed once for each way to hide people; the tracks and signatures are kept in a folder.
`fit` prints the weights as TOML, as src/passerby/matching/link_models.toml has them. `report`
prints a table, with intervals over scenes, and what it was measured with as JSON; `--diagram FILE`
draws how often answers were right beside how likely they were said to be.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from passerby.anonymization import Anonymizer
from passerby.detections import Detections
from passerby.evaluate.calibration import Reliability
from passerby.evaluate.links import true_links
from passerby.evaluate.success import clopper_pearson
from passerby.evaluate.tracking.several_cameras import owners
from passerby.matching.camera_graph import CameraGraph
from passerby.matching.link_candidates import LINK_TERMS, LinkCandidates, candidates_among
from passerby.matching.link_model import LinkExamples, LinkModel
from passerby.pipeline.camera_tracks import DescribedTrack
from passerby.pipeline.settings import Settings
from passerby.pipeline.snippets import Snippet
from passerby.runs.link.accuracy import SceneAccuracy, accuracy_of, read_truths
from passerby.runs.link.camera import CameraFilm, film_detector, follow_film
from passerby.runs.link.scene import LinkedScene
from passerby.runs.link.settings import LinkSettings
from passerby.signatures.opening import open_describer
from passerby.tracking.tracklet import Tracklet
from passerby.types import Frame
from stamp import stamp
from table import markdown

__all__ = ["CONDITIONS", "examples_of", "kept_film", "load_film", "resampled", "save_film"]

CONDITIONS: dict[str, tuple[Settings, bool]] = {
    "raw": (LinkSettings(raw=True).pipeline(), True),
    "heads black": (LinkSettings().pipeline(), False),
    "top 25 % black": (LinkSettings(preset="van-rooijen-black").pipeline(), False),
    "whole frame in cells of 6 pixels": (
        # Weak by passerby's rule, so that it is described as raw pictures are.
        Settings.of(regions=("frame",), operator="pixelate", strength="6px", every=2),
        True,
    ),
}
"""Ways to hide people, and whether they must be asked for as raw pictures are."""

FITTED_ON = "heads black", "top 25 % black"
BLANK = Anonymizer(regions=("frame",))(
    Frame(np.zeros((1, 1, 3), np.uint8)), Detections.none(), "not needed"
)
"""Stands for the pictures, which are not kept."""


NO_SIGNATURES = np.zeros((0, 1), np.float32)


def save_film(path: Path, film: CameraFilm) -> None:
    """Keep the tracks and signatures of a film."""
    tracks = film.tracks
    pictures = [(one.time, one.quality) for track in tracks for one in track.snippets]
    lengths = [[len(one.path), len(one.snippets)] for one in tracks]
    np.savez(
        path,
        lengths=np.array(lengths, np.int64).reshape(-1, 2),
        frames=np.concatenate([np.zeros(0, np.int64), *(one.path.frames for one in tracks)]),
        times=np.concatenate([np.zeros(0), *(one.path.times for one in tracks)]),
        boxes=np.concatenate([np.zeros((0, 4)), *(one.path.boxes for one in tracks)]),
        scores=np.concatenate([np.zeros(0), *(one.path.scores for one in tracks)]),
        snippets=np.array(pictures, np.float64).reshape(-1, 2),
        signatures=np.concatenate([one.signatures for one in tracks] or [NO_SIGNATURES]),
        film=np.array([film.frames, film.seconds]),
    )


def load_film(path: Path, camera: str) -> CameraFilm:
    """Read them back."""
    with np.load(path, allow_pickle=False) as file:
        kept = dict(file)
    looks, pictures = np.cumsum(kept["lengths"], axis=0).T
    tracks = []
    for (many, shown), look, picture in zip(kept["lengths"], looks, pictures, strict=True):
        own, rows = slice(look - many, look), slice(picture - shown, picture)
        path_of = Tracklet(
            kept["frames"][own].astype(np.int64),
            kept["times"][own],
            kept["boxes"][own].astype(np.float32),
            kept["scores"][own].astype(np.float32),
            np.zeros(1, np.float32),
        )
        snippets = tuple(
            Snippet(time, quality, BLANK, (0, ()))
            for time, quality in kept["snippets"][rows].tolist()
        )
        signatures = kept["signatures"][rows].astype(np.float32)
        tracks.append(DescribedTrack(path_of, snippets, signatures))
    return CameraFilm(camera, tuple(tracks), int(kept["film"][0]), float(kept["film"][1]))


def kept_film(
    folder: Path, scene: Path, camera: str, condition: str, follow: Callable[[], CameraFilm]
) -> CameraFilm:
    """Read a film's tracks, or follow it and keep them."""
    path = folder / f"{scene.name}-{camera}-{condition.split(maxsplit=1)[0]}.npz"
    if not path.exists():
        folder.mkdir(exist_ok=True)
        save_film(path, follow())
    return load_film(path, camera)


def examples_of(scene: LinkedScene, whose: dict[int, int | None]) -> LinkExamples:
    """Say which candidates are right; others of the same person are neither right nor wrong."""
    found = candidates_among(scene.tracks, scene.graph)
    numbers = [one.number for one in scene.tracks]
    pairs = [
        (numbers[first], numbers[second])
        for first, second in zip(found.earlier, found.later, strict=True)
    ]
    true = true_links(scene.tracks, whose)
    right = np.array([pair in true for pair in pairs], np.bool_)
    same = np.array([whose[a] is not None and whose[a] == whose[b] for a, b in pairs], np.bool_)
    kept = right | ~same
    left = LinkCandidates(found.earlier[kept], found.later[kept], found.terms[kept])
    return LinkExamples(left, right[kept])


def resampled(
    scenes: Sequence[SceneAccuracy], figure: Callable[[SceneAccuracy], float], seed: int = 0
) -> tuple[float, float, float]:
    """Return a figure of all scenes, and its 95 % percentile interval over scenes drawn anew."""
    rng = np.random.default_rng(seed)
    draws = [
        figure(reduce(add, [scenes[n] for n in rng.integers(len(scenes), size=len(scenes))]))
        for _ in range(1000)
    ]
    low, high = np.nanquantile(draws, [0.025, 0.975])
    return figure(reduce(add, scenes)), float(low), float(high)


def shares_right(
    found: Reliability,
) -> list[tuple[float, float, float, float, int]]:
    """Return of each bin that holds answers what was said, the share right, its interval, and n.

    The interval is that of Clopper and Pearson, 95 %: answers of one scene are taken as if they
    had nothing to do with each other, so that it is rather too narrow.
    """
    rows = []
    bins = zip(found.counts.tolist(), found.confidence, found.accuracy, strict=True)
    for count, said, right in bins:
        if count:
            around = clopper_pearson(round(right * count), count)
            rows.append((float(said), float(right), around.low, around.high, count))
    return rows


def draw_reliability(target: Path, conditions: Mapping[str, Reliability]) -> None:
    """Draw the reliability diagram: the share that was right over what was said.

    Args:
        target: A PNG, SVG or PDF file.
        conditions: By what to call them.
    """
    figure = Figure(figsize=(6, 6), layout="constrained")
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    upper.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="as it should be")
    for number, (name, found) in enumerate(conditions.items()):
        said, right, low, high, counts = np.array(shares_right(found)).reshape(-1, 5).T
        place = said + 0.008 * number
        errors = np.stack([right - low, high - right]).clip(0)
        label = f"{name}: ECE {found.ece:.3f}"
        upper.errorbar(place, right, errors, marker="o", capsize=3, linestyle="", label=label)
        lower.bar(place, counts, width=0.03, alpha=0.6)
    upper.set(ylabel="share that was right", ylim=(-0.03, 1.03))
    lower.set(xlabel="probability that was said", ylabel="answers", xlim=(0, 1.03))
    upper.legend(loc="upper left")
    for axes in (upper, lower):
        axes.grid(alpha=0.3)
    figure.savefig(target, metadata={"Software": None} if target.suffix == ".png" else None)


FIGURES: dict[str, Callable[[SceneAccuracy], float]] = {
    "multi-camera IDF1": lambda one: one.across.idf1,
    "if all were linked": lambda one: one.perfect.idf1,
    "if none were": lambda one: one.alone.idf1,
    "link precision": lambda one: one.links.precision,
    "link recall": lambda one: one.links.recall,
    "ECE": lambda one: one.reliability.ece,
    "single-camera IDF1": lambda one: one.each.idf1,
}


class Scenes:
    """Scenes on the disk, as they are followed and linked."""

    def __init__(self, folders: Sequence[Path], kept: Path, describer: str) -> None:
        self._folders, self._kept, self._name = folders, kept, describer

    def linked(self, condition: str, model: LinkModel, same: float) -> list[LinkedScene]:
        """All of them with people hidden in one way."""
        found = []
        for folder in self._folders:
            graph = CameraGraph.read(folder / "graph.toml")
            films = [self._film(folder, camera, condition) for camera in graph.cameras]
            found.append(LinkedScene(tuple(films), graph, model, same))
        return found

    def _film(self, folder: Path, camera: str, condition: str) -> CameraFilm:
        settings, raw = CONDITIONS[condition]

        def follow() -> CameraFilm:
            describer, detector = open_describer(self._name), film_detector(settings)
            return follow_film(folder / f"{camera}.mp4", settings, describer, detector, raw=raw)

        return kept_film(self._kept, folder, camera, condition, follow)

    def accuracies(
        self, condition: str, model: LinkModel, same: float, visible: float
    ) -> list[SceneAccuracy]:
        """How good links are in each of them."""
        return [
            accuracy_of(one, read_truths(folder, one.graph.cameras, visible))
            for folder, one in zip(self._folders, self.linked(condition, model, same), strict=True)
        ]

    def examples(self, conditions: Sequence[str]) -> list[LinkExamples]:
        """What a model is fitted to."""
        nothing = LinkModel((0.0,) * len(LINK_TERMS))
        found = []
        for condition in conditions:
            for folder, one in zip(
                self._folders, self.linked(condition, nothing, 1.0), strict=True
            ):
                whose: dict[int, int | None] = {}
                truths = read_truths(folder, one.graph.cameras)
                for truth, tracks in zip(truths, one.trajectories(), strict=True):
                    whose |= owners(truth, tracks)
                found.append(examples_of(one, whose))
        return found


def as_toml(describer: str, model: LinkModel) -> str:
    """The model as link_models.toml has it."""
    lines = [f"[{describer}]", f"same = {model.same}", "", f"[{describer}.weights]"]
    lines += [
        f'"{name}" = {value:.4f}' for name, value in zip(LINK_TERMS, model.weights, strict=True)
    ]
    lines += ["", f"[{describer}.card]"]
    lines += [f"{name} = {json.dumps(value)}" for name, value in model.card.items()]
    return "\n".join(lines)


def fit(scenes: Scenes, folders: Sequence[Path], describer: str, same: float) -> None:
    """Print a model that fits the scenes, and how good it is there."""
    model = LinkModel.fitted(scenes.examples(FITTED_ON))
    card = {
        "scenes": "passerby synth corridor: people who do not exist",
        "seeds": [int(one.name.rpartition("-")[2]) for one in folders],
        "cameras": [int(one.name.partition("-")[0]) for one in folders],
        "operators": list(FITTED_ON),
    }
    print(as_toml(describer, replace(model, same=same, card=card)))


def report(
    scenes: Scenes,
    model: LinkModel,
    visible: float,
    conditions: Sequence[str],
    diagram: Path | None = None,
) -> None:
    """Print a table with a column for each way to hide people; draw a diagram, if asked for."""
    drawn: dict[str, Reliability] = {}
    table: dict[str, list[str]] = {name: [] for name in FIGURES}
    record: dict[str, Any] = {}
    for condition in conditions:
        found = scenes.accuracies(condition, model, model.same, visible)
        whole = reduce(add, found)
        drawn[condition] = whole.reliability
        record[condition] = {**whole.as_dict(), "tracks": len(whole.said)}
        for name, figure in FIGURES.items():
            value, low, high = resampled(found, figure)
            interval = f" ({low:.3f} to {high:.3f})" if len(found) > 1 else ""
            table[name].append(f"{value:.3f}{interval}")
    if diagram is not None:
        draw_reliability(diagram, drawn)
    rows = [[name, *cells] for name, cells in table.items()]
    print(markdown(["", *conditions], rows))
    print(json.dumps({**stamp(), "same": model.same, "figures": record}, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["fit", "report"])
    parser.add_argument("scenes", nargs="+", type=Path)
    parser.add_argument("--kept", type=Path, default=Path("kept"))
    parser.add_argument("--describer", default="passerby-signature")
    parser.add_argument("--same", type=float, default=0.8)
    parser.add_argument("--visible", type=float, default=0.0)
    parser.add_argument("--conditions", nargs="+", choices=list(CONDITIONS), default=None)
    parser.add_argument("--diagram", type=Path, help="of `report`: a PNG, SVG or PDF file")
    asked = parser.parse_args()
    scenes = Scenes(asked.scenes, asked.kept, asked.describer)
    if asked.what == "fit":
        fit(scenes, asked.scenes, asked.describer, asked.same)
    else:
        model = LinkModel.named(asked.describer)
        report(scenes, model, asked.visible, asked.conditions or list(CONDITIONS), asked.diagram)


if __name__ == "__main__":
    main()
