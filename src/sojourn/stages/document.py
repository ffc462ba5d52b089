"""The stage model as a YAML document, there and back without loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.base.errors import InputError
from sojourn.base.grammar import parse_predicate
from sojourn.base.predicate import ALWAYS
from sojourn.base.timespan import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from sojourn.base.yamltree import Inline, Tree, dump_yaml, parse_yaml
from sojourn.stages.model import (
    FORMAT,
    MAX_STAGES,
    Distinct,
    EntryRule,
    Evidence,
    LapseRule,
    StageModel,
    StageRule,
    Without,
    Words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.base.json import JsonValue

_MODEL = ("sojourn", "title", "note", "session_gap", "stages")
_STAGE = ("key", "title", "aliases", "note", "enter", "lapse", "window")
_ENTRY = ("events", "where", "at_least", "distinct", "within")
_EVIDENCE = ("events", "where")
_LAPSE = ("quiet", "without", "on")
_LANGUAGES = ("en", "ko")


def read_model(text: str, source: str = "the stage model") -> StageModel:
    """Return the stage model that a YAML document holds.

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
    fields = tree.mapping(_MODEL)
    version = fields.get("sojourn")
    if version is None or version.text() != FORMAT:
        found = "nothing" if version is None else repr(version.text())
        raise (version or tree).error(f"found {found} as the format.", f"sojourn: {FORMAT}")
    if "stages" not in fields:
        raise tree.error("the list of stages is missing.", "stages: a list of 1 or more")
    stages = fields["stages"].sequence()
    if not 1 <= len(stages) <= MAX_STAGES:
        raise fields["stages"].error(f"found {len(stages)} stages.", f"1 to {MAX_STAGES} of them")
    rules = tuple(_stage(each) for each in stages)
    _keys_apart(rules, stages)
    model = StageModel(stages=rules)
    return StageModel(
        stages=rules,
        title=_words(fields["title"]) if "title" in fields else model.title,
        session_gap_us=_duration(fields, "session_gap") or model.session_gap_us,
        note=fields["note"].text() if "note" in fields else "",
    )


def _keys_apart(rules: tuple[StageRule, ...], trees: tuple[Tree, ...]) -> None:
    seen: set[str] = set()
    for rule, tree in zip(rules, trees, strict=True):
        if rule.key in seen:
            raise tree.error(f"the key {rule.key!r} is used by two stages.", "a key of its own")
        seen.add(rule.key)


def _stage(tree: Tree) -> StageRule:
    fields = tree.mapping(_STAGE)
    if "key" not in fields or not fields["key"].text().strip():
        raise tree.error("a stage has no key.", "key: a short name such as loyalty")
    key = fields["key"].text()
    aliases = fields["aliases"].any_mapping() if "aliases" in fields else {}
    plain = StageRule(key=key, title=Words(en=key))
    return StageRule(
        key=key,
        title=_words(fields["title"]) if "title" in fields else Words(en=key.capitalize()),
        enter=tuple(_entry(e) for e in fields["enter"].sequence()) if "enter" in fields else (),
        lapse=_lapse(fields["lapse"]) if "lapse" in fields else LapseRule(),
        window_us=_duration(fields, "window") or plain.window_us,
        aliases=tuple((name, each.text()) for name, each in aliases.items()),
        note=fields["note"].text() if "note" in fields else "",
    )


def _words(tree: Tree) -> Words:
    if isinstance(tree.value, str):
        return Words(en=tree.value)
    fields = tree.mapping(_LANGUAGES)
    if "en" not in fields:
        raise tree.error("the English words are missing.", "en: …, and ko: … if you like")
    return Words(en=fields["en"].text(), ko=fields["ko"].text() if "ko" in fields else "")


def _entry(tree: Tree) -> EntryRule:
    fields = tree.mapping(_ENTRY)
    return EntryRule(
        evidence=_evidence(tree, _ENTRY),
        at_least=fields["at_least"].integer(1) if "at_least" in fields else 1,
        within_us=_duration(fields, "within"),
        distinct=fields["distinct"].choice(Distinct) if "distinct" in fields else None,
    )


def _evidence(tree: Tree, allowed: tuple[str, ...] = _EVIDENCE) -> Evidence:
    fields = tree.mapping(allowed)
    if "events" not in fields and "where" not in fields:
        raise tree.error("neither events nor a condition is given.", "events: […], where: …")
    events = fields.get("events")
    names = () if events is None or events.value == "any" else events.texts()
    if events is not None and events.value != "any" and not names:
        raise events.error("no event is named.", "events: [a, b], or events: any")
    text = fields["where"].text() if "where" in fields else ""
    try:
        where = parse_predicate(text) if text else ALWAYS
    except InputError as error:
        raise fields["where"].error(error.problem, error.allowed) from None
    return Evidence(events=names, where=where, where_text=text)


def _lapse(tree: Tree) -> LapseRule:
    fields = tree.mapping(_LAPSE)
    without = Without.ANY
    keep: tuple[Evidence, ...] = ()
    if "without" in fields:
        kept = fields["without"]
        if isinstance(kept.value, str):
            without = kept.choice(Without)
        else:
            keep = tuple(_evidence(each) for each in kept.sequence())
    return LapseRule(
        on=tuple(_evidence(each) for each in fields["on"].sequence()) if "on" in fields else (),
        quiet_us=_duration(fields, "quiet"),
        without=without,
        keep=keep,
    )


def _duration(fields: Mapping[str, Tree], name: str) -> int | None:
    if name not in fields:
        return None
    found = fields[name].duration()
    if found <= 0:
        raise fields[name].error("a time must be longer than nothing.", "such as 30d or 12h")
    return found


def write_model(model: StageModel) -> str:
    """Return a stage model as YAML; :func:`read_model` gives it back."""
    document: dict[str, JsonValue | Inline] = {"sojourn": FORMAT, "title": _plain(model.title)}
    if model.note:
        document["note"] = model.note
    if model.session_gap_us != StageModel(stages=()).session_gap_us:
        document["session_gap"] = written(model.session_gap_us)
    document["stages"] = [_plain_stage(stage) for stage in model.stages]
    return dump_yaml(document)


def _plain_stage(stage: StageRule) -> dict[str, JsonValue]:
    plain: dict[str, JsonValue] = {"key": stage.key, "title": _plain(stage.title)}
    if stage.aliases:
        plain["aliases"] = dict(stage.aliases)
    if stage.note:
        plain["note"] = stage.note
    plain["enter"] = [_plain_entry(rule) for rule in stage.enter]
    lapse = _plain_lapse(stage.lapse)
    if lapse:
        plain["lapse"] = lapse
    plain["window"] = written(stage.window_us)
    return plain


def _plain(words: Words) -> dict[str, JsonValue]:
    return {"en": words.en, "ko": words.ko} if words.ko else {"en": words.en}


def _plain_entry(rule: EntryRule) -> dict[str, JsonValue]:
    plain = _plain_evidence(rule.evidence)
    if rule.at_least != 1:
        plain["at_least"] = rule.at_least
    if rule.distinct is not None:
        plain["distinct"] = rule.distinct.value
    if rule.within_us is not None:
        plain["within"] = written(rule.within_us)
    return plain


def _plain_evidence(evidence: Evidence) -> dict[str, JsonValue]:
    plain: dict[str, JsonValue] = {}
    if evidence.events:
        plain["events"] = Inline(evidence.events)
    elif not evidence.where_text:
        plain["events"] = "any"
    if evidence.where_text:
        plain["where"] = evidence.where_text
    return plain


def _plain_lapse(lapse: LapseRule) -> dict[str, JsonValue]:
    plain: dict[str, JsonValue] = {}
    if lapse.quiet_us is not None:
        plain["quiet"] = written(lapse.quiet_us)
    if lapse.keep:
        plain["without"] = [_plain_evidence(each) for each in lapse.keep]
    elif lapse.without is not Without.ANY:
        plain["without"] = lapse.without.value
    if lapse.on:
        plain["on"] = [_plain_evidence(each) for each in lapse.on]
    return plain


def written(us: int) -> str:
    """Return a duration as documents write it, exact to the microsecond.

    Examples
    --------
    >>> written(30 * DAY_US), written(90 * MINUTE_US)
    ('30d', '1h30m')
    """
    parts, rest = [], us
    for size, unit in ((DAY_US, "d"), (HOUR_US, "h"), (MINUTE_US, "m")):
        if rest >= size:
            parts.append(f"{rest // size}{unit}")
            rest %= size
    if rest or not parts:
        parts.append(f"{rest / SECOND_US:.6f}".rstrip("0").rstrip(".") + "s")
    return "".join(parts)
