from __future__ import annotations

import pytest

from webs import web_over


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with web_over(tmp_path_factory.mktemp("web")) as found:
        yield found
