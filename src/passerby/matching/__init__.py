"""Which signatures are alike: distances, neighbours and re-ranking."""
