"""What changed in the tables of a store, version by version."""
