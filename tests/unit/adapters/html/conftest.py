"""What the tests of the HTML renderer share."""

from __future__ import annotations

from importlib.resources import files

import pytest


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """The renderer is built by the package's build; a bare checkout has none."""
    if not files("sojourn.adapters.html").joinpath("dist", "map.js").is_file():
        pytest.skip("the renderer is not built: pip install -e . (or python hatch_build.py)")
