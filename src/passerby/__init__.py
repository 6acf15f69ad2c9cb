"""passerby lets cameras be useful without knowing who anyone is."""
