"""What `passerby evaluate` runs."""
