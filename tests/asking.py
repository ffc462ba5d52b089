"""An index in memory that answers questions, as a notebook has it."""

from __future__ import annotations

from sojourn.adapters.engines.local import LocalEngine


class Notebook:
    """Answers questions over an index."""

    def __init__(self, index, threads=1):
        self.index, self.engine = index, LocalEngine(threads)

    @property
    def catalog(self):
        return self.index.catalog

    def ask(self, spec):
        return self.engine.ask(spec.plan(self.catalog), self.index)
