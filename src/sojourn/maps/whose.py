"""Whose map it is: the conditions it was drawn under, in words of both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.base.predicate import ALWAYS
from sojourn.base.wording import words
from sojourn.maps.document import Filters, Label

if TYPE_CHECKING:
    from sojourn.insight.question import Scope


_EVERYBODY = Label(
    en="Whose journey is it? Here everybody is drawn together; a persona or a condition on people"
    " would make it one group's.",
    ko="누구의 여정인가요? 지금은 모든 고객을 함께 그렸어요. 페르소나나 조건을 정하면 한 집단의 "
    "여정이 돼요.",
)


def filters_of(scope: Scope) -> Filters | None:
    """Return the conditions of a scope as text; None where everybody is drawn."""
    people = "" if scope.people == ALWAYS else words(scope.people)
    events = "" if scope.events == ALWAYS else words(scope.events)
    return Filters(people=people, events=events) if people or events else None


def filter_notes(filters: Filters | None) -> tuple[Label, ...]:
    """Return what the conditions leave out, a sentence each."""
    if filters is None:
        return ()
    found = []
    if filters.events:
        found.append(
            Label(
                en=f"Only events where {filters.events}; the others count as if absent.",
                ko=f"‘{filters.events}’에 맞는 이벤트만 써요. 나머지는 없는 것으로 봐요.",
            )
        )
    if filters.people:
        found.append(
            Label(
                en=f"Only people where {filters.people}, as of their first event.",
                ko=f"첫 이벤트가 ‘{filters.people}’에 맞는 고객만 그려요.",
            )
        )
    return tuple(found)


def persona_question(filters: Filters | None) -> Label:
    """Return the open question whose journey it is, true to who is drawn."""
    if filters is None:
        return _EVERYBODY
    who, whom = _drawn(filters)
    return Label(
        en=f"Whose journey is it? Here only {who} are drawn; a persona would say who they are.",
        ko=f"누구의 여정인가요? 지금은 {whom}만 그렸어요. 페르소나를 정하면 어떤 고객인지 알 수"
        " 있어요.",
    )


def _drawn(filters: Filters) -> tuple[str, str]:
    if not filters.events:
        return f"people where {filters.people}", f"‘{filters.people}’에 맞는 고객"
    if not filters.people:
        return (
            f"people with events where {filters.events}",
            f"‘{filters.events}’에 맞는 이벤트가 있는 고객",
        )
    return (
        f"people where {filters.people}, with events where {filters.events},",
        f"‘{filters.people}’에 맞고 ‘{filters.events}’에 맞는 이벤트가 있는 고객",
    )
