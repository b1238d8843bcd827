"""Who may come in: the outside names of things, keys and their secrets, and what a request's principal may ask for."""
