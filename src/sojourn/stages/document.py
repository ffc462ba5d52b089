"""The stage model as a YAML document, there and back without loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from sojourn.stages.parts import (
    plain_evidence,
    plain_words,
    read_duration,
    read_evidence,
    read_words,
    written,
)

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue

_MODEL = ("sojourn", "title", "note", "session_gap", "stages")
_STAGE = ("key", "title", "aliases", "note", "enter", "lapse", "window")
_ENTRY = ("events", "where", "at_least", "distinct", "within")
_LAPSE = ("quiet", "without", "on")


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
    tree.check_format("sojourn", FORMAT)
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
        title=read_words(fields["title"]) if "title" in fields else model.title,
        session_gap_us=read_duration(fields, "session_gap") or model.session_gap_us,
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
        title=read_words(fields["title"]) if "title" in fields else Words(en=key.capitalize()),
        enter=tuple(_entry(e) for e in fields["enter"].sequence()) if "enter" in fields else (),
        lapse=_lapse(fields["lapse"]) if "lapse" in fields else LapseRule(),
        window_us=read_duration(fields, "window") or plain.window_us,
        aliases=tuple((name, each.text()) for name, each in aliases.items()),
        note=fields["note"].text() if "note" in fields else "",
    )


def _entry(tree: Tree) -> EntryRule:
    fields = tree.mapping(_ENTRY)
    return EntryRule(
        evidence=read_evidence(tree, _ENTRY),
        at_least=fields["at_least"].integer(1) if "at_least" in fields else 1,
        within_us=read_duration(fields, "within"),
        distinct=fields["distinct"].choice(Distinct) if "distinct" in fields else None,
    )


def _lapse(tree: Tree) -> LapseRule:
    fields = tree.mapping(_LAPSE)
    without = Without.ANY
    keep: tuple[Evidence, ...] = ()
    if "without" in fields:
        kept = fields["without"]
        if isinstance(kept.value, str):
            without = kept.choice(Without)
        else:
            keep = tuple(read_evidence(each) for each in kept.sequence())
    return LapseRule(
        on=tuple(read_evidence(each) for each in fields["on"].sequence()) if "on" in fields else (),
        quiet_us=read_duration(fields, "quiet"),
        without=without,
        keep=keep,
    )


def write_model(model: StageModel) -> str:
    """Return a stage model as YAML; :func:`read_model` gives it back."""
    document: dict[str, JsonValue | Inline] = {"sojourn": FORMAT, "title": plain_words(model.title)}
    if model.note:
        document["note"] = model.note
    if model.session_gap_us != StageModel(stages=()).session_gap_us:
        document["session_gap"] = written(model.session_gap_us)
    document["stages"] = [_plain_stage(stage) for stage in model.stages]
    return dump_yaml(document)


def _plain_stage(stage: StageRule) -> dict[str, JsonValue]:
    plain: dict[str, JsonValue] = {"key": stage.key, "title": plain_words(stage.title)}
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


def _plain_entry(rule: EntryRule) -> dict[str, JsonValue]:
    plain = plain_evidence(rule.evidence)
    if rule.at_least != 1:
        plain["at_least"] = rule.at_least
    if rule.distinct is not None:
        plain["distinct"] = rule.distinct.value
    if rule.within_us is not None:
        plain["within"] = written(rule.within_us)
    return plain


def _plain_lapse(lapse: LapseRule) -> dict[str, JsonValue]:
    plain: dict[str, JsonValue] = {}
    if lapse.quiet_us is not None:
        plain["quiet"] = written(lapse.quiet_us)
    if lapse.keep:
        plain["without"] = [plain_evidence(each) for each in lapse.keep]
    elif lapse.without is not Without.ANY:
        plain["without"] = lapse.without.value
    if lapse.on:
        plain["on"] = [plain_evidence(each) for each in lapse.on]
    return plain
