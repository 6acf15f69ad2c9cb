"""A run of `passerby bench`: what networks cost."""
