"""People who do not exist, with exact ground truth."""
