"""What is known about each network: where it comes from, its hash, its licence, its input."""

from dataclasses import dataclass
from typing import Literal

from passerby.registry import Registry

__all__ = [
    "DETECTING",
    "MODELS",
    "PIXELS_KEY",
    "DecoderName",
    "ModelCard",
    "PixelFormat",
    "Role",
    "Scale",
    "is_path",
]

Scale = Literal["paper", "quick"]
"""A network and its training as published, or small enough for two processor cores."""

Role = Literal["person", "face", "signature", "obfuscator"]
"""What a network finds; one that finds persons may find their heads too.

One with the role ``signature`` finds nobody: it describes the image of a person by numbers. An
``obfuscator`` turns a frame into another one.
"""

DETECTING: tuple[Role, ...] = ("person", "face")
"""Roles that anonymization needs."""

DecoderName = Literal[
    "passerby", "yolox", "nanodet", "fastestdet", "yunet", "signature", "obfuscator"
]
"""How its numbers become boxes; what a ``signature`` or an ``obfuscator`` gives stays as it is."""

PixelFormat = Literal["bgr-255", "rgb-imagenet"]
"""What a network that makes signatures is fed: BGR 0-255, or RGB less ImageNet's mean over its
deviation."""


PIXELS_KEY = "passerby.pixels"
"""Of the entry in an ONNX file that says what the network is fed."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One network and what a user must know before trusting it.

    Attributes:
        name: What users call it.
        file: Name of its file in whichever folder holds it.
        url: Address of the file at one commit, so that it cannot change; None where the file
            comes with the package.
        sha256: Hash of the file, 64 hexadecimal digits.
        size: Of the file, in bytes.
        licence: SPDX identifier of the licence of the weights.
        training_data: What it has learned from.
        input: What it wants to be fed, in words.
        role: What it finds.
        decoder: How its output becomes boxes.
        pixels: What it is fed, if it makes signatures.
        built_in: Whether the file comes with the package.
        notes: Measured figures and limits.
    """

    name: str
    file: str
    url: str | None
    sha256: str
    size: int
    licence: str
    training_data: str
    input: str
    role: Role
    decoder: DecoderName
    pixels: PixelFormat | None = None
    built_in: bool = False
    notes: str = ""


MODELS: Registry[ModelCard] = Registry("model")
"""All networks. Of one role, the first that is present is the default; see `lookup.default`."""


def is_path(model: str) -> bool:
    """Tell whether a user means a file rather than the name of a card."""
    return model.endswith(".onnx")


_GITHUB = "https://raw.githubusercontent.com"
_YUNET = f"{_GITHUB}/ShiqiYu/libfacedetection.train/0047ac24afb1a50a0c6105001c89d1b5b805dbf1/onnx"
_TRACKING_PIPELINE = (
    f"{_GITHUB}/Kazuhito00/MOT-Tracking-by-Detection-Pipeline"
    "/e50a76b8b430b778276e7fd04fd4cafd5d45eab2/Detector"
)
_OPEN_MODEL_ZOO = f"{_TRACKING_PIPELINE.removesuffix('Detector')}Tracker/person_reid/model"
_MULTITARGET_TRACKER = (
    f"{_GITHUB}/Smorodov/Multitarget-tracker/fab4bb465ce7103a6bfdac13e7fc086a641bb85f"
)
_FASTESTDET = f"{_GITHUB}/dog-qiuqiu/FastestDet/50473cd155cb088aa4a99e64ff6a4b3c24fa07e1"

for _card in (
    ModelCard(
        name="passerby-people",
        file="passerby_people.onnx",
        url=None,
        sha256="b23263cf008c6fd60045c039993a72808def4c731850097af245610ebeaa6626",
        size=2_039_649,
        licence="Apache-2.0",
        training_data="people who do not exist; photographs and clips, none for research only",
        input="BGR 0-255, letterboxed with grey 114, any multiple of 32",
        role="person",
        decoder="passerby",
        built_in=True,
        notes="finds heads too; `passerby models show passerby-people` shows how it was trained",
    ),
    ModelCard(
        name="yolox-nano",
        file="yolox_nano_416.onnx",
        url=f"{_TRACKING_PIPELINE}/yolox/model/yolox_nano_416x416.onnx",
        sha256="695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14",
        size=3_660_092,
        licence="Apache-2.0",
        training_data="COCO",
        input="BGR 0-255, letterboxed with grey 114, any multiple of 32",
        role="person",
        decoder="yolox",
        notes="80 classes, of which the first is used",
    ),
    ModelCard(
        name="nanodet-m",
        file="nanodet_m_416.onnx",
        url=f"{_TRACKING_PIPELINE}/nanodet/model/nanodet_m_416.onnx",
        sha256="08b62b9ee4a7878e7a64d6ef4faf3074322c033a0252c83a20f41b86c76e8146",
        size=3_802_805,
        licence="Apache-2.0",
        training_data="COCO",
        input="BGR less mean over deviation, letterboxed with black, 416x416 only",
        role="person",
        decoder="nanodet",
        notes="80 classes, of which the first is used",
    ),
    ModelCard(
        name="fastestdet",
        file="fastestdet_352.onnx",
        url=f"{_FASTESTDET}/example/onnx-runtime/FastestDet.onnx",
        sha256="31cb14c017fce347cb4c846ec62fdf00d76bb3beecdf4be21e7116ac67feb880",
        size=998_169,
        licence="BSD-3-Clause",
        training_data="COCO",
        input="BGR 0-1, stretched to 352x352",
        role="person",
        decoder="fastestdet",
        notes="80 classes, of which the first is used; fast, and weak on small people",
    ),
    ModelCard(
        name="yunet-n",
        file="yunet_n.onnx",
        url=f"{_YUNET}/yunet_n_dynamic.onnx",
        sha256="104ee26c71d5c270ce79a6b3dced91c91013260d29a6bf18f9296c5b8c4c2b12",
        size=322_906,
        licence="Apache-2.0",
        training_data="WIDER FACE",
        input="BGR 0-255, any size",
        role="face",
        decoder="yunet",
        notes="needs faces of about 10 pixels and more",
    ),
    ModelCard(
        name="yunet-s",
        file="yunet_s.onnx",
        url=f"{_YUNET}/yunet_s_dynamic.onnx",
        sha256="daede24002cc8590f457998cc5e6c9e8b82f45f6bd969506a8913cd4ed10a2d3",
        size=237_823,
        licence="Apache-2.0",
        training_data="WIDER FACE",
        input="BGR 0-255, any size",
        role="face",
        decoder="yunet",
        notes="smaller and a little weaker than yunet-n",
    ),
    ModelCard(
        name="passerby-signature",
        file="passerby_signature.onnx",
        url=None,
        sha256="de0b69c484f918195fef3950b33f58c6d549296e3a86710a0754749e886ca7f0",
        size=2_967_961,
        licence="Apache-2.0",
        training_data="ImageNet (start); photographs, none for research only; people who do not "
        "exist; taught by reid-0248",
        input="RGB less mean over deviation, 64x128",
        role="signature",
        decoder="signature",
        pixels="rgb-imagenet",
        built_in=True,
        notes="256 numbers; of people with clear and with covered heads",
    ),
    ModelCard(
        name="passerby-obfuscator",
        file="passerby_obfuscator.onnx",
        url=None,
        sha256="41658fbda67b24fff8d3d2ad4291ac2f932f05747ed6b0d9f269948b54333da0",
        size=599_525,
        licence="Apache-2.0",
        training_data="photographs and clips, none for research only; people who do not exist",
        input="BGR 0-255, frames of any size",
        role="obfuscator",
        decoder="obfuscator",
        built_in=True,
        notes="silhouettes: a fresh attacker explains 4 % of people's pixels, but outlines remain",
    ),
    ModelCard(
        name="reid-0287",
        file="person_reid_0287.onnx",
        url=f"{_OPEN_MODEL_ZOO}/person-reidentification-retail-0287.onnx",
        sha256="f35a22885b93aa0c249d665b4cf5510d08ded92f814694c3c2fec0112b0d3a56",
        size=2_454_677,
        licence="Apache-2.0",
        training_data="private, may include people of Market-1501",
        input="BGR 0-255, 128x256",
        role="signature",
        decoder="signature",
        pixels="bgr-255",
        notes="256 numbers; from Open Model Zoo",
    ),
    ModelCard(
        name="reid-0288",
        file="person_reid_0288.onnx",
        url=f"{_OPEN_MODEL_ZOO}/person-reidentification-retail-0288.onnx",
        sha256="f3966d905e7232026aa8b814c328231a7b45c5b6b4dd32f886894223c4441b80",
        size=813_323,
        licence="Apache-2.0",
        training_data="private, may include people of Market-1501",
        input="BGR 0-255, 128x256",
        role="signature",
        decoder="signature",
        pixels="bgr-255",
        notes="256 numbers; smaller and weaker than reid-0287",
    ),
    ModelCard(
        name="reid-0248",
        file="person_reid_0248.onnx",
        url=f"{_OPEN_MODEL_ZOO}/person-reidentification-retail-0248.onnx",
        sha256="43891ce644ff6f4c70cce150028e44d6cf3d150cb5a3eb75bf69bfaef0ebe789",
        size=806_257,
        licence="Apache-2.0",
        training_data="private, may include people of Market-1501",
        input="BGR 0-255, 128x256",
        role="signature",
        decoder="signature",
        pixels="bgr-255",
        notes="256 numbers; as good as reid-0287 and twice as fast; from Open Model Zoo",
    ),
    ModelCard(
        name="osnet-x0.25",
        file="osnet_x0_25_msmt17.onnx",
        url=f"{_MULTITARGET_TRACKER}/data/reid/osnet_x0_25_msmt17.onnx",
        sha256="bb2267b23a64675f67bffc3177b7319e3a08de56041d153562c0206699634bce",
        size=891_612,
        licence="MIT",
        training_data="MSMT17, which is for research only",
        input="RGB less mean over deviation, 128x256",
        role="signature",
        decoder="signature",
        pixels="rgb-imagenet",
        notes="512 numbers; from torchreid",
    ),
):
    MODELS.add(_card.name, _card)
