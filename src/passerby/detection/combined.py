"""Choose detectors for what is asked, and ask several as one."""

from collections.abc import Callable, Sequence

from passerby.detection.faces import FaceDetector
from passerby.detection.films import over_time
from passerby.detection.motion import MotionDetector
from passerby.detection.people import PeopleDetector, known_kinds
from passerby.detection.settings import DetectionSettings
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError
from passerby.models.cards import is_path
from passerby.models.detection_network import DetectionNetwork, Opening
from passerby.models.lookup import default, find, model_sha256, preferred, resolve
from passerby.registry import Registry
from passerby.types import Detector, Image

__all__ = [
    "DETECTORS",
    "Combined",
    "detectors_for",
    "finds_heads",
    "heads_stand_in",
    "model_hashes",
]


DETECTORS: Registry[Callable[[DetectionSettings], Detector]] = Registry("detector")
"""All detectors, each as a function that makes one."""


def _opening(settings: DetectionSettings, model: str, *, finds_objects: bool) -> Opening:
    """How one of the networks is opened."""
    return Opening(
        decoder=settings.decoder if is_path(model) else None,
        class_names=settings.class_names if finds_objects else None,
        threads=settings.threads,
        device=settings.device,
    )


@DETECTORS.register("people")
def _people(settings: DetectionSettings) -> Detector:
    model = settings.person_model or default("person").name
    opening = _opening(settings, model, finds_objects=settings.one_network)
    return PeopleDetector(
        DetectionNetwork(model, opening),
        threshold=settings.person_threshold,
        size=settings.size,
        classes=settings.classes if settings.one_network else (),
    )


@DETECTORS.register("objects")
def _objects(settings: DetectionSettings) -> Detector:
    model = _object_model(settings)
    return PeopleDetector(
        DetectionNetwork(model, _opening(settings, model, finds_objects=True)),
        threshold=settings.person_threshold,
        size=settings.size,
        classes=settings.classes,
        people=False,
    )


@DETECTORS.register("faces")
def _faces(settings: DetectionSettings) -> Detector:
    return FaceDetector(
        settings.face_model,
        threshold=settings.face_threshold,
        smallest_face=settings.smallest_face,
    )


@DETECTORS.register("motion")
def _motion(settings: DetectionSettings) -> Detector:  # noqa: ARG001 - as all makers
    return MotionDetector()


_FINDER_OF = {
    Kind.PERSON: "people",
    Kind.HEAD: "people",
    Kind.FACE: "faces",
    Kind.MOTION: "motion",
    Kind.OBJECT: "objects",
}
"""Heads are found by the network of people, or are the tops of what it finds."""


class Combined:
    """Asks several detectors about each frame and joins what they say.

    Args:
        detectors: At least one.

    Raises:
        ConfigError: If there is none.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        if not detectors:
            raise ConfigError("detectors must not be empty: give at least one")
        self._detectors = tuple(detectors)

    def __call__(self, image: Image) -> Detections:
        """Join the answers of all; one failure makes the whole a failure."""
        return Detections.joined(*(detector(image) for detector in self._detectors))

    def over_time(self) -> Detector:
        """The same for the frames of one film."""
        return Combined([over_time(detector) for detector in self._detectors])


def detectors_for(kinds: frozenset[Kind], settings: DetectionSettings | None = None) -> Detector:
    """Make the detector that finds all of ``kinds``, but faces where heads stand in for them.

    Raises:
        ConfigError: If ``kinds`` is empty, a setting is out of range, or things are to be found
            that nobody names.
        ModelError: If a model is missing or damaged; the message names the command to run.
    """
    chosen = settings or DetectionSettings()
    return Combined([DETECTORS[name](chosen) for name in _finders(kinds, chosen)])


def heads_stand_in(kinds: frozenset[Kind], settings: DetectionSettings) -> bool:
    """Tell whether faces are found as heads: no face model is here, but one that knows heads.

    What covers a head covers its face, so that is safe wherever heads are asked for too. Who asks
    for faces alone, or for a certain face model, gets just that or an error.

    Raises:
        ConfigError: If the model of people does not exist or finds no people.
        ModelError: If it is given by its path and cannot be opened.
    """
    if not {Kind.FACE, Kind.HEAD} <= kinds or settings.face_model is not None:
        return False
    if find(preferred("face")) is not None:
        return False
    return finds_heads(settings)


def finds_heads(settings: DetectionSettings) -> bool:
    """Tell whether the network that finds people finds heads too.

    Raises:
        ConfigError: If it does not exist or finds no people.
        ModelError: If it is given by its path and cannot be opened.
    """
    model = settings.person_model or preferred("person").name
    return Kind.HEAD in known_kinds(
        model, _opening(settings, model, finds_objects=settings.one_network)
    )


def model_hashes(
    kinds: frozenset[Kind], settings: DetectionSettings | None = None
) -> dict[str, str]:
    """Say which models `detectors_for` uses: their names or paths, and their sha256.

    Raises:
        ModelError: If a model is missing or damaged; the message names the command to run.
    """
    chosen = settings or DetectionSettings()
    finders = _finders(kinds, chosen)
    models = []
    if "people" in finders:
        models.append(chosen.person_model or default("person").name)
    if "objects" in finders:
        models.append(_object_model(chosen))
    if "faces" in finders:
        models.append(chosen.face_model or default("face").name)
    return {model: model_sha256(resolve(model)) for model in models}


def _object_model(settings: DetectionSettings) -> str:
    return settings.object_model or settings.person_model or default("person").name


def _finders(kinds: frozenset[Kind], settings: DetectionSettings) -> list[str]:
    """Names of the detectors to ask, in the order of their table."""
    if Kind.OBJECT in kinds and not settings.classes:
        raise ConfigError("the region objects covers nothing: name what to cover with --classes")
    found_as_heads = {Kind.FACE} if heads_stand_in(kinds, settings) else set()
    asked = {_FINDER_OF[kind] for kind in kinds - found_as_heads}
    if "people" in asked and settings.one_network:
        asked.discard("objects")  # the network of people finds them too
    return [name for name in DETECTORS if name in asked]
