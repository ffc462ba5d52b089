"""``python -m sojourn`` is ``sojourn``."""

from __future__ import annotations

from sojourn.cli.main import main

if __name__ == "__main__":
    main()
