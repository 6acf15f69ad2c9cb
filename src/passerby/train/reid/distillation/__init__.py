"""Distillation: a small network learns to describe people as larger ones do."""
