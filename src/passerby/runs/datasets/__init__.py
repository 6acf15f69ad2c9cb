"""Runs over whole data sets: every image audited, people on a sheet."""
