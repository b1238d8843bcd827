"""The stream from outside: real sockets to a real server on a real PostgreSQL."""
