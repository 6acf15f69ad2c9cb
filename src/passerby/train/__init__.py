"""Trains the networks; needs the extra `train`."""
