"""Stand-ins for what sets a page, each with one fault or one peculiarity; they are run as processes."""
