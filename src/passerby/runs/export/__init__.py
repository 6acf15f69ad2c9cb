"""A run of `passerby export`: smaller networks, and what that costs."""
