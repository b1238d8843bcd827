"""Properties: random commands, held against the naive twins after every step."""
