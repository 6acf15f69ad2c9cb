"""A run of `passerby review`: which frames are worth a look, on one sheet."""
