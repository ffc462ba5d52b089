"""A webhook's document as YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sojourn.base.yamltree import Tree, parse_yaml
from sojourn.events.webhooks.model import (
    FORMAT,
    Condition,
    Digest,
    Encoding,
    Proof,
    Rule,
    Signature,
    Webhook,
)
from sojourn.events.webhooks.paths import HEADER, read_path
from sojourn.events.webhooks.values import (
    Constant,
    Count,
    FirstOf,
    Lower,
    Minor,
    Negative,
    Sum,
    Upper,
    read_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.base.json import JsonValue
    from sojourn.events.webhooks.paths import Value

MOST_RULES: Final = 200
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_TOP = ("sojourn", "name", "note", "signature", "events")
_SIGNATURE = ("proof", "header", "digest", "encoding", "prefix")
_RULE = ("when", "each", "event", "id", "user", "anonymous", "time", "properties", "traits")
_FORMS = ("value", "first", "sum", "count", "minor", "negative", "lower", "upper")
_A_PATH = "a path such as customer.id, lines[0].sku, lines[].sku or header:X-Topic"
_A_VALUE = f"{_A_PATH}; a text such as 'order-{{id}}'; or one of the fields " + ", ".join(_FORMS)
_LITERALS: Final[Mapping[str, JsonValue]] = {"true": True, "false": False}


def read_webhook(text: str, source: str = "the webhook") -> Webhook:
    """Return the webhook that a YAML document describes.

    Parameters
    ----------
    text : str
    source : str
        What errors call it: the file's name.

    Raises
    ------
    DocumentError
        Naming file, line, path, what was found and what is allowed.
    """
    tree = parse_yaml(text, source)
    fields = tree.mapping(_TOP)
    tree.check_format("sojourn", FORMAT)
    name = fields["name"].text() if "name" in fields else ""
    if not NAME.fullmatch(name):
        raise fields.get("name", tree).error(
            f"found {name!r} as the name.", "1 to 64 small letters, digits, - or _, such as shopify"
        )
    rules = fields["events"].sequence() if "events" in fields else ()
    if not 1 <= len(rules) <= MOST_RULES:
        raise fields.get("events", tree).error(
            f"found {len(rules)} events.", f"a list of 1 to {MOST_RULES}"
        )
    return Webhook(
        name=name,
        rules=tuple(_rule(each) for each in rules),
        signature=_signature(fields["signature"]) if "signature" in fields else None,
        note=fields["note"].text() if "note" in fields else "",
    )


def _signature(tree: Tree) -> Signature:
    fields = tree.mapping(_SIGNATURE)
    header = fields["header"].text() if "header" in fields else ""
    if not re.fullmatch(r"[A-Za-z0-9-]{1,100}", header):
        raise fields.get("header", tree).error(
            f"found {header!r} as the header.", "header: a name such as X-Signature"
        )
    if "proof" not in fields:
        raise tree.error("the kind of proof is missing.", f"proof: {', '.join(Proof)}")
    digest, encoding = fields.get("digest"), fields.get("encoding")
    return Signature(
        proof=fields["proof"].choice(Proof),
        header=header.lower(),
        digest=digest.choice(Digest) if digest else Digest.SHA256,
        encoding=encoding.choice(Encoding) if encoding else Encoding.HEX,
        prefix=fields["prefix"].text() if "prefix" in fields else "",
    )


def _rule(tree: Tree) -> Rule:
    fields = tree.mapping(_RULE)
    if "event" not in fields and "traits" not in fields:
        raise tree.error("no event is named.", "event: a name; or traits: for who somebody is")
    if "user" not in fields and "anonymous" not in fields:
        raise tree.error("nobody is named.", "user: or anonymous: with the path of an id")
    return Rule(
        when=_conditions(fields["when"]) if "when" in fields else (),
        each=_path(fields["each"]) if "each" in fields else None,
        event=_name(fields["event"]) if "event" in fields else Constant("identify"),
        id=_value_of(fields, "id"),
        user=_value_of(fields, "user"),
        anonymous=_value_of(fields, "anonymous"),
        time=_value_of(fields, "time"),
        properties=_named(fields["properties"]) if "properties" in fields else (),
        traits=_named(fields["traits"]) if "traits" in fields else (),
    )


def _conditions(tree: Tree) -> tuple[Condition, ...]:
    found: list[Condition] = []
    for path, allowed in tree.any_mapping().items():
        value = read_path(path)
        texts = allowed.texts()
        if value is None or not texts:
            raise allowed.error(
                f"{path!r} with {len(texts)} values is no condition.",
                f"{_A_PATH}: a value, a list of values, or '*' for any",
            )
        found.append(Condition(value=value, allowed=texts))
    return tuple(found)


def _name(tree: Tree) -> Value:
    """Return an event's name: a text, in which paths stand in braces, or another form of value."""
    if not isinstance(tree.value, str):
        return _value(tree)
    if not tree.value.strip():
        raise tree.error("the event has no name.", "event: order_paid")
    if "{" not in tree.value:
        return Constant(tree.value)
    return _value(tree)


def _named(tree: Tree) -> tuple[tuple[str, Value], ...]:
    return tuple((name, _value(each)) for name, each in tree.any_mapping().items())


def _value_of(fields: Mapping[str, Tree], name: str) -> Value | None:
    return _value(fields[name]) if name in fields else None


def _path(tree: Tree) -> Value:
    value = read_path(tree.text())
    if value is None or tree.text().startswith(HEADER):
        raise tree.error(f"{tree.text()!r} is no list's path.", "a path such as refunds or a.lines")
    return value


def _value(tree: Tree) -> Value:
    if isinstance(tree.value, str):
        found = (read_text if "{" in tree.value else read_path)(tree.value)
        if found is None:
            raise tree.error(f"{tree.value!r} is no value's place.", _A_VALUE)
        return found
    fields = tree.mapping(("currency", *_FORMS))
    forms = [name for name in _FORMS if name in fields]
    if len(forms) != 1 or ("currency" in fields) != (forms == ["minor"]):
        raise tree.error("this says no single value.", f"{_A_VALUE}; currency beside minor only")
    return _form(forms[0], fields)


def _form(form: str, fields: Mapping[str, Tree]) -> Value:
    tree = fields[form]
    if form == "value":
        return Constant(_literal(tree))
    if form == "first":
        return FirstOf(tuple(_value(each) for each in tree.sequence()))
    if form == "minor":
        return Minor(_value(tree), _value(fields["currency"]))
    makers: dict[str, Callable[[Value], Value]] = {
        "sum": Sum, "count": Count, "negative": Negative, "lower": Lower, "upper": Upper,
    }  # fmt: skip
    return makers[form](_value(tree))


def _literal(tree: Tree) -> JsonValue:
    text = tree.text()
    if tree.quoted:
        return text
    if text.lower() in _LITERALS:
        return _LITERALS[text.lower()]
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", text) else text
