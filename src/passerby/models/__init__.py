"""Networks: what is known about each, where it lies, how it is run and understood."""
