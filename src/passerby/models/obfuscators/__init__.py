"""Networks that turn whole frames into frames that hide people, and that try to undo it.

They are torch modules; their ONNX exports need no torch to run.
"""

from passerby.models.obfuscators.checkpoint import (
    TrainedObfuscator,
    read_obfuscator,
    write_obfuscator,
)
from passerby.models.obfuscators.cost import Cost, network_cost
from passerby.models.obfuscators.export import export_obfuscator
from passerby.models.obfuscators.five_layer_filter import FiveLayerFilter
from passerby.models.obfuscators.mobile_autoencoder import FIGURE_2_WIDTHS, MobileAutoencoder
from passerby.models.obfuscators.network import Obfuscator
from passerby.models.obfuscators.registry import OBFUSCATORS, ObfuscatorCard, create_obfuscator
from passerby.models.obfuscators.shuffle import ShuffleObfuscator
from passerby.models.obfuscators.silhouette import SilhouetteObfuscator
from passerby.models.obfuscators.unet import UNet

__all__ = [
    "FIGURE_2_WIDTHS",
    "OBFUSCATORS",
    "Cost",
    "FiveLayerFilter",
    "MobileAutoencoder",
    "Obfuscator",
    "ObfuscatorCard",
    "ShuffleObfuscator",
    "SilhouetteObfuscator",
    "TrainedObfuscator",
    "UNet",
    "create_obfuscator",
    "export_obfuscator",
    "network_cost",
    "read_obfuscator",
    "write_obfuscator",
]
