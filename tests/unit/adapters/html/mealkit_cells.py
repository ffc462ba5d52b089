"""Lanes and cells of the meal-kit map: every kind of lane and every provenance."""

from __future__ import annotations

from sojourn.base.estimate import Estimate, NotEstimable, wilson
from sojourn.maps.document import (
    Cell,
    Evidence,
    Item,
    Label,
    Lane,
    LaneKind,
    OpenQuestion,
    Provenance,
    Stake,
)

_KINDS = {
    "m": Provenance.MEASURED,
    "p": Provenance.PARTLY,
    "a": Provenance.ASSUMED,
    "u": Provenance.UNKNOWN,
}
STEP_KEYS = (
    "discover", "first_visit", "browse", "compare", "build_box",
    "pay", "cook", "order_again", "review", "invite",
)  # fmt: skip
UPDATED = "2025-12-04"

LANES = tuple(
    Lane(key=kind.value, kind=kind, title=Label(en=en, ko=ko), note=Label(en=en2, ko=ko2))
    for kind, en, ko, en2, ko2 in (
        (LaneKind.ACTIONS, "Actions", "행동", "from events", "이벤트 기준"),
        (LaneKind.TOUCHPOINTS, "Touchpoints", "접점", "% of touches", "접촉 비중 %"),
        (LaneKind.SOURCES, "Sources", "유입 경로", "first touch, %", "첫 접점 비중 %"),
        (LaneKind.FRICTION, "Friction", "마찰", "% of people", "고객 비중 %"),
        (LaneKind.FEELINGS, "Feelings", "감정", "−2 to +2, 95% band", "−2~+2, 95% 구간"),
        (LaneKind.THOUGHTS, "Thoughts", "생각", "quotes", "고객의 말"),
        (LaneKind.PAINS, "Pains", "페인포인트", "loss in 91 days", "91일 손실, 원"),
        (LaneKind.CONFORMANCE, "Plan vs actual", "계획 대비 실제", "% of people", "고객 비중 %"),
        (LaneKind.PLAYS, "Plays", "플레이", "owner, result", "담당자, 결과"),
        (LaneKind.CONTENT, "Content", "콘텐츠", "bound pages", "연결된 페이지"),
        (LaneKind.METRICS, "Speed", "속도", "p75, web vitals", "p75, 웹 바이탈"),
    )
)


def _label(en: str, ko: str) -> Label:
    return Label(en=en, ko=ko)


def _evidence(kind: str, n: int, detail: str = "") -> tuple[Evidence, ...]:
    return (Evidence(kind=kind, n=n, date=UPDATED, detail=detail),)


_ACTIONS = (
    ("m", "Sees a reel, searches, or gets a link", "릴스·검색·친구 링크로 처음 접함"),
    ("m", "Reads how it works, scrolls to the price", "이용 방법을 읽고 가격까지 내려 봄"),
    ("m", "Opens four recipes, checks cooking time", "레시피 4개 열람, 조리 시간 확인"),
    ("m", "Switches between 2- and 4-person plans", "2인·4인 플랜을 번갈아 확인"),
    ("m", "Picks three dinners, swaps one", "저녁 3끼 선택, 1끼 교체"),
    ("m", "Signs in, enters address and card", "로그인 후 주소·카드 입력"),
    ("p", "Unpacks and cooks the first dinner", "박스를 열고 첫 저녁을 요리"),
    ("m", "Keeps, skips or changes next week", "다음 주 유지·건너뛰기·변경"),
    ("m", "Rates the dish, posts a photo", "요리 평가, 사진 게시"),
    ("p", "Sends a code to a friend", "친구에게 코드 전송"),
)
_TOUCHPOINTS = (
    ("m", 52_310, "Instagram", 34, "Naver search", 27, "Friend's link", 12),
    ("m", 33_918, "Landing page", 58, "Blog", 21, "Recipe page", 14),
    ("m", 21_730, "App", 46, "Mobile web", 39, "Email", 9),
    ("m", 15_204, "Mobile web", 46, "App", 38, "Desktop web", 16),
    ("m", 9_816, "App", 45, "Mobile web", 39, "Desktop web", 16),
    ("m", 7_902, "App", 48, "Mobile web", 36, "Desktop web", 16),
    ("p", 5_106, "Recipe card", 71, "App", 22, "Chat", 7),
    ("m", 3_641, "App", 63, "KakaoTalk", 21, "Email", 16),
    ("m", 1_304, "App", 52, "Instagram", 31, "Survey", 17),
    ("p", 742, "KakaoTalk", 68, "Copied link", 24, "SMS", 8),
)
_SOURCES = (
    (52_310, "Organic Social", 41, "Organic Search", 29, "Referral", 17),
    (33_918, "Organic Search", 38, "Paid Social", 31, "Direct", 20),
)
_FRICTION = (
    (0, ()),
    (
        33_918,
        (("left here", "여기서 이탈", 43.1), ("slow page over 4 s", "4초 넘는 느린 화면", 18.4)),
    ),
    (21_730, (("left here", "여기서 이탈", 18.9), ("searched twice", "두 번 검색", 11.2))),
    (15_204, (("left here", "여기서 이탈", 31.7), ("back to recipes", "레시피로 돌아감", 22.0))),
    (9_816, (("left here", "여기서 이탈", 11.2), ("emptied the box", "박스 비움", 8.8))),
    (7_902, (("back to compare", "비교로 돌아감", 18.8), ("left here", "여기서 이탈", 11.5))),
    (5_106, (("waited over 3 days", "3일 넘게 대기", 9.4),)),
    (3_641, (("skipped two weeks", "2주 건너뜀", 24.1), ("left here", "여기서 이탈", 14.0))),
)
_FEELINGS = (
    ("p", 0.4, 318), ("u", None, 0), ("m", 1.1, 264), ("m", -0.3, 121), ("p", 0.7, 58),
    ("m", -1.2, 407), ("m", 1.4, 389), ("p", 0.2, 142), ("a", 1.0, 0), ("u", None, 0),
)  # fmt: skip
_THOUGHTS = (
    ("p", "“Dinner without the shop run?”", "“장 안 보고 저녁 해결?”", "interview", 12),
    ("u", "What do they expect after the first page?", "첫 화면 다음에 무엇을 기대할까요?", "", 0),
    ("m", "“Thirty minutes I can do.”", "“30분이면 할 만하네.”", "survey", 86),
    ("m", "“Is it dearer than the supermarket?”", "“마트보다 비싼 거 아냐?”", "survey", 164),
    ("p", "“What if we are away next week?”", "“다음 주에 집을 비우면?”", "ticket", 37),
    ("m", "“The card form failed twice.”", "“카드 입력이 두 번 실패했어요.”", "ticket", 38),
    ("m", "“It looked like the photo.”", "“사진이랑 똑같아요.”", "survey", 212),
    ("m", "“I forgot to skip a week.”", "“건너뛰기를 깜빡했어요.”", "survey", 95),
    ("a", "Proud, wants to show it", "요리가 뿌듯해서 자랑하고 싶음", "note", 0),
    ("u", "Why do so few of them invite?", "왜 초대까지는 잘 하지 않을까요?", "", 0),
)
_PAINS = (
    ("p", "Ads reach the wrong people", "페르소나 밖 광고 노출", (9, 14)),
    ("m", "Slow on mobile, p75 LCP 3.9 s", "모바일이 느림, LCP p75 3.9초", (12, 38)),
    ("a", "No filter for allergies", "알레르기 필터 없음", None),
    ("m", "Delivery fee appears late", "배송비가 늦게 표시됨", (24, 71)),
    ("p", "Three-dinner minimum", "최소 3끼 주문", (6, 29)),
    ("m", "Card form errors on mobile web", "모바일 웹 카드 입력 오류", (32, 104)),
    ("a", "Ice packs are hard to recycle", "아이스팩 분리배출이 번거로움", None),
    ("m", "Unwanted weeks charged", "원치 않는 주까지 결제됨", (18, 52)),
    ("u", "What stops a review?", "무엇이 후기를 막을까요?", None),
    ("p", "Code is hard to find", "코드를 찾기 어려움", (2, 7)),
)
_CONFORMANCE = (
    (33_918, 81, 4, 12, 1, 2), (21_730, 72, 6, 14, 3, 5), (15_204, 58, 8, 12, 4, 18),
    (9_816, 77, 6, 9, 3, 5), (7_902, 71, 8, 17, 1, 3), (5_106, 84, 12, 2, 1, 1),
    (3_641, 62, 21, 9, 3, 5), (1_304, 31, 9, 7, 5, 48), (742, 22, 8, 5, 3, 62),
)  # fmt: skip
_CONTENT = (
    ("m", "6 reels, 2 posts", "릴스 6, 글 2"),
    ("m", "Landing v7", "랜딩 v7"),
    ("m", "48 recipes, 5 stale", "레시피 48, 노후 5"),
    ("m", "Price page", "요금 페이지"),
    ("u", "Nothing here yet", "아직 없음"),
    ("m", "Payment FAQ, 214 d old", "결제 FAQ, 214일 전"),
    ("m", "12 cooking videos", "조리 영상 12"),
    ("m", "Weekly menu email", "주간 메뉴 이메일"),
    ("p", "Review prompt", "후기 요청 문구"),
    ("a", "Invite card, draft", "초대 카드, 초안"),
)


def _text_cells(
    lane: str, rows: tuple[tuple[str, str, str], ...], kind: str = "event"
) -> list[Cell]:
    cells = []
    for step, (how, en, ko) in zip(STEP_KEYS, rows, strict=True):
        unknown = how == "u"
        cells.append(
            Cell(
                lane=lane,
                step=step,
                provenance=_KINDS[how],
                text=None if unknown else _label(en, ko),
                question=_label(en, ko) if unknown else None,
                evidence=() if how in "ua" else _evidence(kind, 4_210),
                updated=UPDATED,
            )
        )
    return cells


def _items(n: int, *pairs: str | int) -> tuple[Item, ...]:
    names, shares = pairs[::2], pairs[1::2]
    return tuple(
        Item(label=str(name), count=n * int(share) // 100, share=wilson(n * int(share) // 100, n))
        for name, share in zip(names, shares, strict=True)
    )


def _touch_cells() -> list[Cell]:
    return [
        Cell(
            lane="touchpoints",
            step=step,
            provenance=_KINDS[str(how)],
            items=_items(int(n), *rest),
            evidence=_evidence("event", int(n)),
            updated=UPDATED,
        )
        for step, (how, n, *rest) in zip(STEP_KEYS, _TOUCHPOINTS, strict=True)
    ]


def _source_cells() -> list[Cell]:
    return [
        Cell(
            lane="sources",
            step=STEP_KEYS[i * 2],
            span=2 if i == 0 else 8,
            provenance=Provenance.MEASURED,
            items=_items(n, *rest),
            evidence=_evidence("event", n),
            updated=UPDATED,
        )
        for i, (n, *rest) in enumerate(_SOURCES)
    ]


def _friction_cells() -> list[Cell]:
    cells = []
    for step, (n, rows) in zip(STEP_KEYS, _FRICTION, strict=False):
        items = tuple(
            Item(
                label=en,
                count=round(n * share / 100),
                share=wilson(round(n * share / 100), n),
                note=_label(en, ko),
            )
            for en, ko, share in rows
        )
        cells.append(
            Cell(
                lane="friction",
                step=step,
                provenance=Provenance.MEASURED,
                items=items,
                evidence=_evidence("event", n) if n else (),
                updated=UPDATED,
            )
        )
    return cells


def _feeling_cells() -> list[Cell]:
    cells = []
    ask = _label("No answers here yet. Ask people?", "아직 답변이 없어요. 고객에게 물어볼까요?")
    for step, (how, value, n) in zip(STEP_KEYS, _FEELINGS, strict=True):
        score = None
        if value is not None:
            half = 1.9 / n**0.5 if n else 0.0
            score = Estimate(value=value, low=value - half, high=value + half, n=n)
        cells.append(
            Cell(
                lane="feelings",
                step=step,
                provenance=_KINDS[how],
                score=score,
                question=ask if how == "u" else None,
                evidence=_evidence("survey", n) if n else (),
                updated=UPDATED,
            )
        )
    return cells


def _thought_cells() -> list[Cell]:
    cells = []
    for step, (how, en, ko, kind, n) in zip(STEP_KEYS, _THOUGHTS, strict=True):
        unknown = how == "u"
        cells.append(
            Cell(
                lane="thoughts",
                step=step,
                provenance=_KINDS[how],
                text=None if unknown else _label(en, ko),
                question=_label(en, ko) if unknown else None,
                evidence=_evidence(kind, n) if kind else (),
                updated=UPDATED,
            )
        )
    return cells


def _pain_cells() -> list[Cell]:
    cells = []
    for step, (how, en, ko, stake) in zip(STEP_KEYS, _PAINS, strict=True):
        unknown = how == "u"
        cost = (
            Stake(
                low=stake[0] * 1_000_000,
                high=stake[1] * 1_000_000,
                unit="money",
                currency="KRW",
                days=91.0,
            )
            if stake
            else NotEstimable("not costed")
        )
        cells.append(
            Cell(
                lane="pains",
                step=step,
                provenance=_KINDS[how],
                text=None if unknown else _label(en, ko),
                question=_label(en, ko) if unknown else None,
                stake=None if unknown else cost,
                evidence=_evidence("ticket", 38) if how in "mp" else (),
                updated=UPDATED,
            )
        )
    return cells


def _conformance_cells() -> list[Cell]:
    names = ("on_plan", "late", "repeated", "out_of_order", "skipped")
    entry = _label("Entry step, nothing before it", "진입 단계라 비교 대상 없음")
    cells = [Cell(lane="conformance", step="discover", provenance=Provenance.MEASURED, text=entry)]
    for step, (n, *shares) in zip(STEP_KEYS[1:], _CONFORMANCE, strict=True):
        counts = [n * share // 100 for share in shares]
        counts[0] += n - sum(counts)
        cells.append(
            Cell(
                lane="conformance",
                step=step,
                provenance=Provenance.MEASURED,
                shares=tuple(
                    Item(label=name, count=count, share=wilson(count, n))
                    for name, count in zip(names, counts, strict=True)
                ),
                evidence=_evidence("event", n),
                updated=UPDATED,
            )
        )
    return cells


_PLAYS = (
    ("discover", 1, "a", "Look-alikes of best customers", "우수 고객 유사 타깃",
     "Idea", "", ""),
    ("first_visit", 1, "m", "Lighter landing images", "랜딩 이미지 경량화",
     "In progress", "ships 12 Dec", "12월 12일 배포"),
    ("browse", 2, "m", "Show the full price first", "총액을 먼저 보여주기",
     "Testing", "day 9 of 21 · read at n 6,200 per arm", "21일 중 9일째 · 그룹당 6,200명에 판독"),
    ("pay", 1, "m", "Naver Pay first on mobile", "모바일 네이버페이 우선 노출",
     "Simulated", "backtest done", "백테스트 완료"),
    ("order_again", 1, "m", "Skip-week reminder", "건너뛰기 마감 알림",
     "Live", "+3.1 pt · 1.2–5.0", "+3.1%p · 1.2~5.0"),
    ("review", 2, "m", "Ask after a good moment", "좋은 순간 직후 부탁하기",
     "Live", "+0.6 pt · −0.4–1.6, not clear yet", "+0.6%p · −0.4~1.6, 아직 불확실"),
)  # fmt: skip


def _play_cells() -> list[Cell]:
    return [
        Cell(
            lane="plays",
            step=step,
            span=span,
            provenance=_KINDS[how],
            text=_label(en, ko),
            items=(
                Item(
                    label=state,
                    count=0,
                    share=NotEstimable("not a share"),
                    note=_label(note, note_ko) if note else None,
                ),
            ),
            updated=UPDATED,
        )
        for step, span, how, en, ko, state, note, note_ko in _PLAYS
    ]


def _metric_cells() -> list[Cell]:
    return [
        Cell(
            lane="metrics",
            step=step,
            provenance=Provenance.MEASURED,
            items=(Item(label=name, count=count, share=wilson(count, n), note=_label(en, ko)),),
            evidence=_evidence("event", n),
            updated=UPDATED,
        )
        for step, name, count, n, en, ko in (
            ("first_visit", "LCP good", 21_030, 33_918, "LCP good", "LCP 양호"),
            ("pay", "INP good", 5_689, 7_902, "INP good", "INP 양호"),
        )
    ]


CELLS = tuple(
    _text_cells("actions", _ACTIONS)
    + _touch_cells()
    + _source_cells()
    + _friction_cells()
    + _feeling_cells()
    + _thought_cells()
    + _pain_cells()
    + _conformance_cells()
    + _play_cells()
    + _text_cells("content", _CONTENT, "note")
    + _metric_cells()
)

OPEN_QUESTIONS = tuple(
    OpenQuestion(where=where, question=_label(en, ko))
    for where, en, ko in (
        ("first_visit", "What do they expect after the first page?",
         "첫 화면 다음에 무엇을 기대할까요?"),
        ("first_visit", "How do they feel? No answers yet", "어떻게 느낄까요? 아직 답변이 없어요"),
        ("invite", "How do they feel? No answers yet", "어떻게 느낄까요? 아직 답변이 없어요"),
        ("invite", "Why do so few of them invite?", "왜 초대까지는 잘 하지 않을까요?"),
        ("review", "What stops a review?", "무엇이 후기를 막을까요?"),
        ("build_box", "No content bound", "연결된 콘텐츠가 없어요"),
    )
)  # fmt: skip
