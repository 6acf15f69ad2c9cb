"""One file an attack; what an attack is, and the table of all of them, is in `passerby.attack`."""

from passerby.attack.attack import ATTACKS
from passerby.attack.attacks import (
    ambiguity,
    attributes,
    averaging,
    colour_map,
    deconvolution,
    denoising,
    label_regression,
    linkability,
    missed_frames,
    naive_recognition,
    parrot,
    patch_ridge,
    permutation,
    signature_regression,
    singling_out,
    u_net,
    v_information,
)

__all__ = [
    "ATTACKS",
    "ambiguity",
    "attributes",
    "averaging",
    "colour_map",
    "deconvolution",
    "denoising",
    "label_regression",
    "linkability",
    "missed_frames",
    "naive_recognition",
    "parrot",
    "patch_ridge",
    "permutation",
    "signature_regression",
    "singling_out",
    "u_net",
    "v_information",
]
