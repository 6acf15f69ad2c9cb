"""Trains the detector of people and heads from scratch."""
