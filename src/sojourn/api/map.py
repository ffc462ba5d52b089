"""A journey map in a notebook: shown in place, saved as a file anyone can open."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.insight.answer import to_json

if TYPE_CHECKING:
    from sojourn.app.mapping import MapRequest
    from sojourn.app.workspace import Workspace
    from sojourn.base.json import JsonValue
    from sojourn.maps.document import JourneyMap


class MapResult:
    """A drafted map.

    Attributes
    ----------
    document : JourneyMap
        The map as a value.
    """

    def __init__(self, document: JourneyMap) -> None:
        self.document = document

    def to_json(self) -> JsonValue:
        """Return the map as JSON."""
        return to_json(self.document)

    def to_html(self, *, lang: str = "en", theme: str = "light") -> str:
        """Return one HTML file with everything in it.

        Parameters
        ----------
        lang : {"en", "ko"}
        theme : {"light", "dark"}
        """
        from sojourn.compose.pages import page_of

        return page_of(self.document, lang=lang, theme=theme)

    def save(self, path: str | Path, *, lang: str = "en", theme: str = "light") -> Path:
        """Write the HTML file and return its path."""
        target = Path(path)
        target.write_text(self.to_html(lang=lang, theme=theme), encoding="utf-8")
        return target

    def _repr_html_(self) -> str:
        page = html.escape(self.to_html(), quote=True)
        return f'<iframe srcdoc="{page}" style="width:100%;height:720px;border:0"></iframe>'


def draw_map(workspace: Workspace, request: MapRequest, stages: str) -> MapResult:
    """Return a map drafted from a workspace by the given, applied or suggested stage model."""
    from dataclasses import replace

    from sojourn.app.mapping import draft_map
    from sojourn.app.stage_models import applied_model
    from sojourn.stages.document import read_model

    applied = None if request.taxonomy else applied_model(workspace.documents)
    model = read_model(stages) if stages else applied
    return MapResult(draft_map(workspace, replace(request, model=model)).map)
