"""What Alembic runs: the revisions, over the connection it is given."""

from __future__ import annotations

from alembic import context

chain = context.config.attributes["chain"]
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=chain.metadata,
    version_table=chain.versions,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
