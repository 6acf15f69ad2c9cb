"""Trains networks that hide people from everything but a detector."""
