"""A segment as a YAML or JSON document, there and back without loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.base.yamltree import Inline, Tree, dump_yaml, parse_yaml
from sojourn.segments.model import (
    FORMAT,
    KEY,
    MOST_COUNT,
    MOST_RULES,
    MOST_STEPS,
    Did,
    Every,
    InStage,
    Neither,
    Rule,
    Segment,
    Sequence,
    Some,
    Trait,
    Which,
    every_rule,
)
from sojourn.stages.model import Words
from sojourn.stages.parts import (
    EVIDENCE,
    plain_evidence,
    plain_words,
    read_condition,
    read_duration,
    read_evidence,
    read_words,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.base.json import JsonValue

_SEGMENT = ("sojourn", "key", "title", "note", "active", "who")
_DID = (*EVIDENCE, "at_least", "at_most", "within", "quiet", "without")
_SEQUENCE = ("sequence", "window", "within")
_TRAIT = ("trait", "which")
_STAGE = ("stage",)
_GROUPS: dict[str, type[Every | Some | Neither]] = {"all": Every, "any": Some, "none": Neither}
_RULES = (
    "one of all, any, none (lists of rules), events or where (what somebody did), sequence, "
    "trait, stage"
)


def read_segment(text: str, source: str = "the segment") -> Segment:
    """Return the segment that a YAML or JSON document holds.

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
    fields = tree.mapping(_SEGMENT)
    tree.check_format("sojourn", FORMAT)
    key = fields["key"].text() if "key" in fields else ""
    if not KEY.fullmatch(key):
        where = fields.get("key", tree)
        raise where.error(f"{key!r} is no key.", "key: small letters, digits, - and _, 64 at most")
    if "who" not in fields:
        raise tree.error("it is not said who is inside.", f"who: {_RULES}")
    who = _rule(fields["who"])
    if len(every_rule(who)) > MOST_RULES:
        raise fields["who"].error("there are too many rules.", f"{MOST_RULES} at most")
    return Segment(
        key=key,
        title=read_words(fields["title"]) if "title" in fields else Words(en=key),
        who=who,
        note=fields["note"].text() if "note" in fields else "",
        active=fields["active"].boolean() if "active" in fields else True,
    )


def _rule(tree: Tree) -> Rule:
    if isinstance(tree.value, tuple):
        return Every(_rules(tree))
    names = set(tree.any_mapping())
    for name, kind in _GROUPS.items():
        if name in names:
            return kind(_rules(tree.mapping((name,))[name]))
    if "sequence" in names:
        return _sequence(tree.mapping(_SEQUENCE))
    if "trait" in names:
        fields = tree.mapping(_TRAIT)
        which = fields["which"].choice(Which) if "which" in fields else Which.LAST
        text = fields["trait"].text()
        return Trait(where=read_condition(fields["trait"]), where_text=text, which=which)
    if "stage" in names:
        keys = tree.mapping(_STAGE)["stage"].texts()
        if not keys or not all(keys):
            raise tree.error("no stage is named.", "stage: [retention, loyalty]")
        return InStage(stages=keys)
    if names & set(EVIDENCE):
        return _did(tree)
    raise tree.error("this is no rule.", _RULES)


def _rules(tree: Tree) -> tuple[Rule, ...]:
    found = tuple(_rule(each) for each in tree.sequence())
    if not found:
        raise tree.error("the list of rules is empty.", _RULES)
    return found


def _did(tree: Tree) -> Did:
    fields = tree.mapping(_DID)
    at_most = fields["at_most"].integer(0) if "at_most" in fields else None
    least = 1 if at_most is None else 0
    at_least = fields["at_least"].integer(1) if "at_least" in fields else least
    for name, number in (("at_least", at_least), ("at_most", at_most or 0)):
        if number > MOST_COUNT:
            raise fields[name].error(f"{number} is too many.", f"{MOST_COUNT} at most")
    if at_most is not None and at_most < at_least:
        raise fields["at_most"].error(f"it lies below at_least, {at_least}.")
    return Did(
        evidence=read_evidence(tree, _DID),
        at_least=at_least,
        at_most=at_most,
        within_us=read_duration(fields, "within"),
        quiet_us=read_duration(fields, "quiet"),
        without=read_evidence(fields["without"]) if "without" in fields else None,
    )


def _sequence(fields: Mapping[str, Tree]) -> Sequence:
    steps = fields["sequence"].sequence()
    if not 2 <= len(steps) <= MOST_STEPS:
        raise fields["sequence"].error(f"found {len(steps)} steps.", f"2 to {MOST_STEPS} of them")
    return Sequence(
        steps=tuple(read_evidence(each) for each in steps),
        window_us=read_duration(fields, "window"),
        within_us=read_duration(fields, "within"),
    )


def write_segment(segment: Segment) -> str:
    """Return a segment as YAML; :func:`read_segment` gives it back."""
    plain: dict[str, JsonValue | Inline] = {
        "sojourn": FORMAT,
        "key": segment.key,
        "title": plain_words(segment.title),
    }
    if segment.note:
        plain["note"] = segment.note
    if not segment.active:
        plain["active"] = False
    plain["who"] = _plain_rule(segment.who)
    return dump_yaml(plain)


def _plain_rule(rule: Rule) -> dict[str, JsonValue]:
    plain: dict[str, JsonValue] = {}
    match rule:
        case Every(rules=rules):
            plain["all"] = [_plain_rule(each) for each in rules]
        case Some(rules=rules):
            plain["any"] = [_plain_rule(each) for each in rules]
        case Neither(rules=rules):
            plain["none"] = [_plain_rule(each) for each in rules]
        case Trait(where_text=text, which=which):
            plain["trait"] = text
            if which is not Which.LAST:
                plain["which"] = which.value
        case InStage(stages=stages):
            plain["stage"] = Inline(stages)
        case Sequence():
            plain = _plain_sequence(rule)
        case Did():
            plain = _plain_did(rule)
    return plain


def _plain_sequence(rule: Sequence) -> dict[str, JsonValue]:
    plain: dict[str, JsonValue] = {"sequence": [plain_evidence(each) for each in rule.steps]}
    if rule.window_us is not None:
        plain["window"] = written(rule.window_us)
    if rule.within_us is not None:
        plain["within"] = written(rule.within_us)
    return plain


def _plain_did(rule: Did) -> dict[str, JsonValue]:
    plain = plain_evidence(rule.evidence)
    if rule.at_least != (1 if rule.at_most is None else 0):
        plain["at_least"] = rule.at_least
    if rule.at_most is not None:
        plain["at_most"] = rule.at_most
    if rule.within_us is not None:
        plain["within"] = written(rule.within_us)
    if rule.quiet_us is not None:
        plain["quiet"] = written(rule.quiet_us)
    if rule.without is not None:
        plain["without"] = plain_evidence(rule.without)
    return plain
