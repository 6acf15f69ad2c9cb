"""A run of `passerby presets compare`: what each preset does to a picture of one's own."""
