"""A run of `passerby detect`: who is in many inputs, as a list in a file."""
