"""A run of `passerby anonymize`: its inputs, its self-check and its report."""
