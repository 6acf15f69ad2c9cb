"""Files that are written: where they may lie, and what becomes of what is not finished."""
