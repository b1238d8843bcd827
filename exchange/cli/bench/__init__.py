"""``exchange bench``: how fast the parts are, each with everything on that it has in use."""
