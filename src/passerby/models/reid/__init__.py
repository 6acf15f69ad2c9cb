"""Networks that describe people, so that the same person can be found again; needs torch."""

from passerby.models.reid.bot import StrongBaseline
from passerby.models.reid.cards import REID_MODELS, Loss, ReidCard
from passerby.models.reid.creation import create
from passerby.models.reid.export import export_network
from passerby.models.reid.hacnn import HarmoniousAttentionNetwork
from passerby.models.reid.mlfn import MultiLevelFactorisationNet
from passerby.models.reid.mobilenet import MobileNetV2
from passerby.models.reid.mudeep import MultiScaleDeep
from passerby.models.reid.network import Output, ReidNetwork
from passerby.models.reid.origin import WeightsOrigin
from passerby.models.reid.osnet import OmniScaleNetwork
from passerby.models.reid.pcb import PartBaseline
from passerby.models.reid.resnet50mid import MidLevelResNet
from passerby.models.reid.siamese import SiameseMobileNet

__all__ = [
    "REID_MODELS",
    "HarmoniousAttentionNetwork",
    "Loss",
    "MidLevelResNet",
    "MobileNetV2",
    "MultiLevelFactorisationNet",
    "MultiScaleDeep",
    "OmniScaleNetwork",
    "Output",
    "PartBaseline",
    "ReidCard",
    "ReidNetwork",
    "SiameseMobileNet",
    "StrongBaseline",
    "WeightsOrigin",
    "create",
    "export_network",
]
