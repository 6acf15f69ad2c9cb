"""Which modules have no examples to try here: Flower is installed apart from all else."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("flwr") else ["src/passerby/train/federated/flower/*.py"]
