"""A site of several cameras: what `passerby run` runs.

One process a camera anonymizes, follows and describes people; one writes; one links the tracks of
neighbouring cameras. Raw pixels stay in the memory of the process of their camera.
"""
