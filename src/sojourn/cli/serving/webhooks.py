"""``sojourn webhooks``: what other systems send of their own accord."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.base.errors import InputError
from sojourn.cli.serving.options import WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.base.json import JsonValue
    from sojourn.events.webhooks.model import Webhook

_WHO = click.option("--who", metavar="NAME", default="command line", help="Who does this.")
_WHY = click.option("--why", metavar="TEXT", default="", help="What for.")
_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")
_MOST_BYTES = 6 * 1024 * 1024


class PayloadError(InputError):
    """A payload cannot be read. Remedy: give a file with the JSON that the system sends."""

    code = "payload"


@click.group("webhooks")
def command() -> None:
    """Take in what shops and payment systems send: orders, refunds, customers.

    A document says which payload becomes which event. Some come with sojourn (see `presets`);
    write your own for anything else that sends JSON or forms.
    """


@command.command("presets")
@click.argument("name", required=False, help="Print this one, as a start for your own.")
def presets_(name: str | None) -> None:
    """List the documents that come with sojourn, or print one."""
    from sojourn.app.collecting.webhooks import preset_text, presets
    from sojourn.events.webhooks.document import read_webhook

    if name:
        click.echo(preset_text(name), nl=False)
        return
    for each in presets():
        events = _events(read_webhook(preset_text(each), each))
        click.echo(f"{each:<10} {', '.join(events)}")


@command.command("add")
@click.argument("document", help="A YAML file, or the name of one that comes with sojourn.")
@WORKSPACE
@_WHO
@_WHY
def add(document: str, workspace: str, who: str, why: str) -> None:
    """Add a webhook, or a new version of one, and say what to enter in the other system."""
    from sojourn.app.collecting.webhooks import PATH, add_webhook, secret_variable
    from sojourn.compose import open_workspace

    source, text = _document(document)
    kept = add_webhook(open_workspace(workspace).documents, text, source=source, who=who, why=why)
    webhook = kept.webhook
    click.echo(f"Webhook {webhook.name!r}, version {kept.document.version}: "
               f"{', '.join(_events(webhook))}.")  # fmt: skip
    click.echo("A running server takes it up within two seconds. Enter in the other system:")
    click.echo(f"  https://YOUR-COLLECTOR{PATH}{webhook.name}?key=WRITE_KEY")
    click.echo(f"WRITE_KEY: one of its own, from  sojourn keys add {webhook.name} -w {workspace}")
    if webhook.signature:
        click.echo(
            f"The secret it signs with: set {secret_variable(webhook.name)} where the server is"
            " started."
        )


@command.command("list")
@WORKSPACE
@_JSON
def list_(workspace: str, as_json: bool) -> None:
    """List the webhooks of a workspace."""
    from sojourn.app.collecting.webhooks import PATH, webhooks
    from sojourn.compose import open_workspace

    found = webhooks(open_workspace(workspace).documents)
    rows: list[dict[str, JsonValue]] = [
        {
            "name": kept.webhook.name,
            "path": PATH + kept.webhook.name,
            "version": kept.document.version,
            "since": kept.document.when.isoformat(),
            "who": kept.document.who,
            "signed": kept.webhook.signature is not None,
            "events": list(_events(kept.webhook)),
        }
        for kept in found
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        click.echo(f"There are no webhooks. Add one: sojourn webhooks add shopify -w {workspace}")
    for kept in found:
        proof = "signed" if kept.webhook.signature else "not signed"
        click.echo(f"{kept.webhook.name:<16} version {kept.document.version:<3} {proof:<11}"
                   f" {', '.join(_events(kept.webhook))}")  # fmt: skip


@command.command("show")
@click.argument("name", help="The webhook.")
@WORKSPACE
def show(name: str, workspace: str) -> None:
    """Print a webhook's document."""
    from sojourn.app.collecting.webhooks import one_webhook
    from sojourn.compose import open_workspace

    kept = one_webhook(open_workspace(workspace).documents, name)
    click.echo(kept.document.body, nl=not kept.document.body.endswith("\n"))


@command.command("remove")
@click.argument("name", help="The webhook.")
@WORKSPACE
@_WHO
@_WHY
def remove(name: str, workspace: str, who: str, why: str) -> None:
    """Take no more of a webhook's requests; what it brought stays."""
    from sojourn.app.collecting.webhooks import remove_webhook
    from sojourn.compose import open_workspace

    remove_webhook(open_workspace(workspace).documents, name, who=who, why=why)
    click.echo(f"The webhook {name!r} is removed. Remove it in the other system too.")


@command.command("try")
@click.argument("document", help="A YAML file, or the name of one that comes with sojourn.")
@click.argument("payload", help="A file with what the other system sends; - for standard input.")
@click.option("--header", "headers", multiple=True, metavar="NAME:VALUE",
              help="A header that the system sends with it.")  # fmt: skip
@_JSON
def try_(document: str, payload: str, headers: tuple[str, ...], as_json: bool) -> None:
    """Show the events that a payload would become; nothing is kept."""
    from sojourn.events.webhooks.document import read_webhook
    from sojourn.events.webhooks.paths import Payload
    from sojourn.events.webhooks.reading import read_payload

    source, text = _document(document)
    webhook = read_webhook(text, source)
    given = dict(_header(each) for each in headers)
    calls = read_payload(
        webhook, Payload(body=_payload(payload), headers=given, digest="digest-of-the-payload")
    )
    if as_json:
        click.echo(json.dumps(calls, ensure_ascii=False))
        return
    if not calls:
        click.echo("No event: none of the document's conditions fits this payload.")
    for call in calls:
        _show(call)


def _show(call: Mapping[str, JsonValue]) -> None:
    what = call.get("event") or call["type"]
    who = call.get("userId") or call.get("anonymousId") or "nobody: this would be refused"
    click.echo(f"{what}  of {who}  at {call.get('timestamp', 'the time of receipt')}")
    click.echo(f"    id: {call['messageId']}")
    if call.get("userId") and call.get("anonymousId"):
        click.echo(f"    the same person as: {call['anonymousId']}")
    for part in ("properties", "traits"):
        values = call.get(part)
        for name, value in values.items() if isinstance(values, dict) else ():
            click.echo(f"    {name}: {json.dumps(value, ensure_ascii=False)}")


def _document(given: str) -> tuple[str, str]:
    """Return what errors call a document, and its text."""
    from sojourn.app.collecting.webhooks import preset_text, presets

    path = Path(given)
    if given in presets() and not path.exists():
        return f"the preset {given}", preset_text(given)
    return given, _text(path, given)


def _text(path: Path, given: str) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise PayloadError(f"{given} is too large.", allowed=f"{_MOST_BYTES:,} bytes")
        return path.read_text("utf-8")
    except OSError as error:
        from sojourn.app.collecting.webhooks import presets

        raise PayloadError(
            f"{given} cannot be read: {error.strerror}.",
            allowed=f"a file, or one of {', '.join(presets())} for a document",
        ) from error
    except UnicodeDecodeError as error:
        raise PayloadError(f"{given} is no text in UTF-8.") from error


def _payload(given: str) -> JsonValue:
    text = sys.stdin.read(_MOST_BYTES) if given == "-" else _text(Path(given), given)
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"The payload is no JSON: {error}.") from error
    return value


def _header(given: str) -> tuple[str, str]:
    name, colon, value = given.partition(":")
    if not colon:
        raise PayloadError(f"{given!r} is no header.", allowed="NAME:VALUE")
    return name.strip().lower(), value.strip()


def _events(webhook: Webhook) -> tuple[str, ...]:
    """Return the events that a webhook can bring, each once."""
    from sojourn.events.webhooks.model import event_names

    return event_names(webhook)
