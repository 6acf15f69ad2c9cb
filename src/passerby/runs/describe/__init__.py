"""A run of `passerby describe`: signatures of many images."""
