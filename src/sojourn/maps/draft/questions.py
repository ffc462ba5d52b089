"""What data cannot fill, as questions about the very step, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.maps.document import Label, LaneKind
from sojourn.stages.suggest.kinds import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.maps.document import Step

_THOUGHTS: dict[Kind, tuple[str, str]] = {
    Kind.AD: ("What did they expect when they followed this?", "무엇을 기대하고 들어왔나요?"),
    Kind.VISIT: ("What did they come to find out?", "무엇을 알아보려고 왔나요?"),
    Kind.BROWSE: ("What caught their eye here, and what did not?",
                  "여기서 무엇이 눈에 들어왔나요?"),
    Kind.VIEW: ("What do they still want to know about the product?",
                "상품에 대해 더 알고 싶은 것은 무엇인가요?"),
    Kind.SEARCH: ("Which words did they have in mind, and did the results fit?",
                  "어떤 말로 찾았고, 결과는 맞았나요?"),
    Kind.COMPARE: ("Against what do they compare us?", "무엇과 비교하고 있나요?"),
    Kind.WISH: ("Why keep it for later and not take it now?", "왜 지금이 아니라 나중인가요?"),
    Kind.SIGNUP: ("What do they hope to get for signing up?",
                  "가입하면 무엇을 얻는다고 생각하나요?"),
    Kind.LEAD: ("Which problem made them ask?", "어떤 문제 때문에 문의했나요?"),
    Kind.QUALIFIED: ("Who else has to say yes?", "누가 더 동의해야 하나요?"),
    Kind.INTENT: ("What makes them hesitate here?", "여기서 무엇 때문에 망설이나요?"),
    Kind.PURCHASE: ("What settled it?", "무엇이 마음을 정하게 했나요?"),
    Kind.FULFIL: ("Did it come as they had pictured it?", "생각한 대로 도착했나요?"),
    Kind.USE: ("What are they trying to get done?", "무엇을 하려고 하나요?"),
    Kind.REPEAT: ("Why do they stay with us?", "왜 계속 우리를 선택하나요?"),
    Kind.REVIEW: ("What moved them to write?", "무엇 때문에 글을 남겼나요?"),
    Kind.REFER: ("What do they tell their friends?", "친구에게 뭐라고 말하나요?"),
    Kind.SUPPORT: ("What went wrong before they asked?", "문의하기 전에 무엇이 잘못되었나요?"),
}  # fmt: skip
_FEELINGS: dict[Kind, tuple[str, str]] = {
    Kind.INTENT: ("How sure do they feel here, from −2 to +2?",
                  "여기서 얼마나 안심하나요? (−2~+2)"),
    Kind.PURCHASE: ("How do they feel right after paying?", "결제 직후 기분은 어떤가요?"),
    Kind.FULFIL: ("How do they feel when it arrives?", "받았을 때 기분은 어떤가요?"),
    Kind.SUPPORT: ("How do they feel once they are helped?", "도움을 받은 뒤 기분은 어떤가요?"),
}  # fmt: skip
_NEEDS: dict[Kind, tuple[str, str]] = {
    Kind.VISIT: ("What brings them today: a need, a habit or a chance?",
                 "오늘 온 까닭은 필요인가요, 습관인가요, 우연인가요?"),
    Kind.SEARCH: ("Which need is behind the search?", "이 검색 뒤에는 어떤 필요가 있나요?"),
    Kind.VIEW: ("Which need must the product meet?", "상품이 채워야 할 필요는 무엇인가요?"),
    Kind.INTENT: ("What do they need to finish without effort?",
                  "수고 없이 마치려면 무엇이 필요한가요?"),
    Kind.PURCHASE: ("What do they need to hear right now?", "지금 무엇을 알고 싶어 하나요?"),
    Kind.REPEAT: ("What do they need to come back for?", "다시 오게 하는 것은 무엇인가요?"),
}  # fmt: skip


_HERE = {
    LaneKind.FEELINGS: (
        "How do they feel here, from −2 to +2? Nobody was asked yet.",
        "여기서 기분은 어떤가요? (−2~+2) 아직 묻지 않았어요.",
    ),
    LaneKind.THOUGHTS: ("What goes through their mind here?", "여기서 무슨 생각을 하나요?"),
    LaneKind.NEEDS: ("What do they need here and not get?", "여기서 무엇이 더 필요한가요?"),
}


def question_for(kind: LaneKind, step: Step, stage: Sequence[Step], stopped: int) -> Label:
    """Return the open question of a lane that data cannot fill.

    Feelings and needs are asked once a stage, thoughts at each step; where many stop, of them.

    Parameters
    ----------
    kind : LaneKind
    step : Step
    stage : sequence of Step
        All steps of its stage.
    stopped : int
        People last seen at the step.
    """
    if kind is not LaneKind.THOUGHTS:
        known = _FEELINGS if kind is LaneKind.FEELINGS else _NEEDS
        kinds = {_kind(each) for each in stage}
        own = known.get(_kind(step)) if len(kinds) == 1 else None
        return _named(step, own or _HERE[kind])
    if stopped >= max(30, step.reached // 5):
        asked = (
            f"What did the {stopped:,} people think who were last seen here?",
            f"여기서 마지막으로 보인 {stopped:,}명은 무슨 생각을 했나요?",
        )
        return _named(step, asked)
    return _named(step, _THOUGHTS.get(_kind(step), _HERE[kind]))


def _kind(step: Step) -> Kind:
    return kind_of(step.events[0]) if step.events else Kind.OTHER


def _named(step: Step, question: tuple[str, str]) -> Label:
    en, ko = question
    return Label(en=f"{step.title.en}: {en[0].lower()}{en[1:]}", ko=f"{_ko(step)}: {ko}")


def _ko(step: Step) -> str:
    return step.title.ko or step.title.en


GOAL = Label(
    en="What is this map for: which figure should change, from what to what, by when, and who"
    " owns it?",
    ko="이 지도의 목표는 무엇인가요? 어떤 지표를 언제까지 얼마로 바꾸고, 누가 맡나요?",
)
FEELINGS = Label(
    en="How do people feel on the way? Nobody was asked yet: begin with one question at “{}”.",
    ko="여정에서 기분은 어떤가요? 아직 묻지 않았어요. ‘{}’에서 한 가지 질문부터 시작해 보세요.",
)
NEEDS = Label(
    en="What do people need on the way? Five interviews with those last seen at “{}” would tell.",
    ko="여정에서 무엇이 필요한가요? ‘{}’에서 마지막으로 보인 다섯 명과의 인터뷰로 알 수 있어요.",
)


def about(question: Label, step: Step) -> Label:
    """Return a question that names a step."""
    return Label(en=question.en.format(step.title.en), ko=question.ko.format(_ko(step)))
