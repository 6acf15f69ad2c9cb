"""What holds for every process: signals, workers, addresses, and text that may be shown."""
