"""The limits: the same work as plain SQL through psycopg. Each file says which rows it writes and whether it commits."""
