"""PostgreSQL: the only package that speaks to the database.

The write path puts a batch of journal entries and everything that follows from them into one transaction; the read side
answers queries from committed rows. `embedded` starts a private PostgreSQL when no server is configured.
"""
