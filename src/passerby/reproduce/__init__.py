"""The tables of papers, measured anew and laid beside what was published."""
