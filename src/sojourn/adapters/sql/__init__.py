"""The state store: documents and the import ledger in SQL."""
