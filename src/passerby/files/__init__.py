"""Writing files: where they may lie, and what happens to unfinished ones."""
