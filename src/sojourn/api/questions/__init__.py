"""The questions of :class:`sojourn.Journeys`, a family a module."""
