"""The databases that tables may lie in: a SQLite file, or a schema of a PostgreSQL server."""
