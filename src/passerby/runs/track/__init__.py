"""A run of `passerby track`: who is where in a video, and for how long."""
