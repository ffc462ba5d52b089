"""How Alembic is run over the revisions beside this folder."""
