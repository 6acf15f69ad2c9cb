"""A run of `passerby report`: the report of a run as a page."""
