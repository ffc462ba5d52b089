"""What to put where so that events arrive."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request

from sojourn.app.access.accounts import Caller
from sojourn.app.access.roles import Action
from sojourn.app.collecting.tag import NO_KEY, snippet_tag
from sojourn.base.errors import InputError
from sojourn.compose.pages import browser_scripts
from sojourn.server.web.guards import InWorkspace, allowed, site_of
from sojourn.server.web.models import InstallOut, SnippetOut

router = APIRouter(tags=["delivery"])
LIBRARIES: Final = (
    ("python", "Python", "pip install segment-analytics-python", """\
from segment.analytics import Client

client = Client("{key}", host="{url}")
client.track("ann", "Order Completed", {{"value": 12.5, "currency": "EUR"}})
client.flush()
"""),
    ("node", "Node", "npm install @segment/analytics-node", """\
import {{ Analytics }} from "@segment/analytics-node";

const client = new Analytics({{ writeKey: "{key}", host: "{url}" }});
client.track({{ userId: "ann", event: "Order Completed", properties: {{ value: 12.5 }} }});
await client.closeAndFlush();
"""),
    ("http", "HTTP", "", """\
curl {url}/v1/track -u {key}: -H 'content-type: application/json' \\
  -d '{{"userId": "ann", "event": "Order Completed", "properties": {{"value": 12.5}}}}'
"""),
)  # fmt: skip
"""Name, title, what to install and what to write; docs/clients.md has every library in full."""


@router.get("/install")
def install(
    request: Request,
    served: InWorkspace,
    _: Annotated[Caller, Depends(allowed(Action.SEE_DELIVERY))],
    consent: Literal["none", "cookieless", "full"] = "none",
) -> InstallOut:
    """Return what a site's pages and a server's programs need, with a place for the write key."""
    url = site_of(request).collector
    found = [
        SnippetOut(name=name, title=title, install=command, code=code.format(key=NO_KEY, url=url))
        for name, title, command, code in LIBRARIES
    ]
    try:
        tag = snippet_tag(browser_scripts()[0], url, NO_KEY, consent)
    except InputError:  # the package was put together without its web parts
        tag = ""
    if tag:
        found.insert(0, SnippetOut(name="browser", title="HTML", install="", code=tag))
    return InstallOut(workspace=served.name, collector=url, placeholder=NO_KEY, snippets=found)
