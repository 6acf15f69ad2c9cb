"""Trains networks for re-identification, on raw or on anonymized images."""
