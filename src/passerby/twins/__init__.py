"""The anonymized twin of a data set: made, described and verified."""
