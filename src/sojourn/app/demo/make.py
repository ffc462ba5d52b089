"""From nothing to the meal-kit workspace: simulate, import, apply the stage model."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.app.demo.export import write_events
from sojourn.app.demo.simulate import simulate
from sojourn.app.import_file import Source
from sojourn.app.mapping import MapRequest, draft_map
from sojourn.app.stage_models import apply_model
from sojourn.ports.reader import ReadOptions
from sojourn.stages.document import read_model

if TYPE_CHECKING:
    from sojourn.app.demo.truth import Truth
    from sojourn.app.import_report import ImportReport
    from sojourn.app.mapping import Drafted
    from sojourn.app.workspace import Workspace
    from sojourn.stages.model import StageModel

TIMEZONE, CURRENCY = "Asia/Seoul", "KRW"
EVENTS_FILE = "meal-kit-events.jsonl.gz"
TITLE = "Weeknight dinner subscription"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the demo made.

    Attributes
    ----------
    people, events : int
        Simulated lives, and their events.
    file : Path
        The events as a file, as any shop could have exported them.
    report : ImportReport
    """

    people: int
    events: int
    file: Path
    report: ImportReport


def demo_stages() -> StageModel:
    """Return the stage model of the demo shop."""
    text = files("sojourn.app.demo").joinpath("stages.yaml").read_text(encoding="utf-8")
    return read_model(text, "the demo's stages.yaml")


def make_demo(workspace: Workspace, truth: Truth, seed: int) -> Made:
    """Fill a workspace with the simulated shop; doing it again adds nothing."""
    lives = list(simulate(truth, seed))
    path = Path(workspace.path) / EVENTS_FILE
    events = write_events(lives, path)
    source = Source(name=EVENTS_FILE, content=str(path), size=path.stat().st_size)
    options = ReadOptions(timezone=TIMEZONE)
    report = workspace.import_files((source,), options)
    apply_model(workspace.documents, demo_stages(), who="sojourn demo", why="the demo's stages")
    return Made(people=len(lives), events=events, file=path, report=report)


def demo_map(workspace: Workspace) -> Drafted:
    """Return the demo's map."""
    return draft_map(
        workspace, MapRequest(model=demo_stages(), title=TITLE, sources=(EVENTS_FILE,))
    )
