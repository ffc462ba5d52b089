"""What a step is called: the event's own words, and Korean for the commonest of them."""

from __future__ import annotations

from sojourn.maps.document import Label
from sojourn.stages.suggest.kinds import tokens
from sojourn.stages.suggest.milestones import spoken

_KOREAN = {
    "home": "홈", "homepage": "홈", "landing": "랜딩 페이지", "landing page": "랜딩 페이지",
    "front page": "첫 화면", "frontpage": "첫 화면", "catalog": "카탈로그", "category": "카테고리",
    "category view": "카테고리 보기", "product view": "상품 보기", "product viewed": "상품 보기",
    "view item": "상품 보기", "view product": "상품 보기", "search": "검색",
    "search results": "검색 결과", "filter results": "결과 걸러 보기",
    "promo page": "프로모션 페이지",
    "compare": "비교", "wishlist add": "찜하기", "add to wishlist": "찜하기",
    "add to cart": "장바구니 담기", "product added": "장바구니 담기", "cart": "장바구니",
    "view cart": "장바구니 보기", "checkout": "주문서 작성", "begin checkout": "주문서 작성 시작",
    "checkout started": "주문서 작성 시작", "shipping details": "배송지 입력",
    "payment details": "결제 정보 입력", "add payment info": "결제 정보 입력", "payment": "결제",
    "purchase": "구매", "order": "주문", "order completed": "주문 완료",
    "order placed": "주문 완료",
    "order paid": "결제 완료", "payment error": "결제 오류", "error page": "오류 페이지",
    "support chat": "상담 채팅", "account page": "계정 페이지", "review page": "리뷰 페이지",
    "review": "리뷰", "review written": "리뷰 작성", "review submitted": "리뷰 작성",
    "sign up": "회원가입", "signup": "회원가입", "login": "로그인", "page view": "페이지 보기",
    "page viewed": "페이지 보기", "session start": "방문 시작", "first visit": "첫 방문",
    "visit": "방문", "share": "공유", "invite": "초대", "invite sent": "초대 보냄",
    "referral": "추천", "refund": "환불", "order cancelled": "주문 취소", "delivered": "배송 완료",
    "order delivered": "배송 완료", "shipped": "발송", "subscribe": "구독",
    "subscription started": "구독 시작", "subscription cancelled": "구독 해지",
    "unsubscribe": "수신 거부", "ad click": "광고 클릭", "email open": "이메일 열람",
    "landing viewed": "랜딩 보기", "story read": "이야기 읽기", "reel watched": "릴스 시청",
    "recipes browsed": "레시피 둘러보기", "plan compared": "플랜 비교", "price viewed": "가격 보기",
    "signed up": "회원가입", "lesson viewed": "강의 보기", "discount offered": "할인 제안",
    "box built": "박스 구성", "card failed": "카드 결제 실패", "box delivered": "박스 배송",
    "box cooked": "박스 요리", "order renewed": "재주문", "week skipped": "한 주 건너뜀",
    "friend invited": "친구 초대",
    "news": "뉴스", "weather": "날씨", "sports": "스포츠", "health": "건강", "travel": "여행",
    "business": "경제", "local": "지역", "tech": "기술", "opinion": "의견",
}  # fmt: skip
_ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth")
_NATIVE = ("첫", "두", "세", "네", "다섯", "여섯")


def label_of(name: str) -> Label:
    """Return an event's name as words; in Korean too where it is one of the commonest.

    Examples
    --------
    >>> label_of("add_to_cart").ko
    '장바구니 담기'
    """
    return Label(en=spoken(name), ko=_KOREAN.get(" ".join(tokens(name)), ""))


def nth_label(name: str, number: int, *, last: bool) -> Label:
    """Return the name of a person's n-th act of one kind, ``last`` for that and all later ones.

    Examples
    --------
    >>> nth_label("purchase", 2, last=False).en, nth_label("purchase", 4, last=True).ko
    ('Second purchase', '네 번째부터 구매')
    """
    plain = label_of(name)
    words = plain.en[:1].lower() + plain.en[1:] if plain.en[1:].islower() else plain.en
    later = " and later" if last else ""
    from_here = "부터" if last else ""
    return Label(
        en=f"{_ORDINALS[number - 1]}{later} {words}",
        ko=f"{_NATIVE[number - 1]} 번째{from_here} {plain.ko or plain.en}",
    )
