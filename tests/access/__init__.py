"""Who may come in: signatures of requests, their nonces, public keys, and addresses."""
