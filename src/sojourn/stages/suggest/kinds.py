"""What an event is, told from its name: English and Korean words, whole tokens only."""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """What a name says an event is."""

    AD = "ad"
    VISIT = "visit"
    BROWSE = "browse"
    VIEW = "view"
    SEARCH = "search"
    COMPARE = "compare"
    WISH = "wish"
    SIGNUP = "signup"
    LEAD = "lead"
    QUALIFIED = "qualified"
    INTENT = "intent"
    """Cart, checkout, entering an address or a card: about to buy, not bought."""
    PURCHASE = "purchase"
    FULFIL = "fulfil"
    """Approved, packed, shipped, delivered."""
    USE = "use"
    REPEAT = "repeat"
    """Renewed, ordered again: the name itself says so."""
    REVIEW = "review"
    SHARE = "share"
    REFER = "refer"
    SURVEY = "survey"
    SUPPORT = "support"
    ERROR = "error"
    CANCEL = "cancel"
    """The relation ends: unsubscribed, account deleted, uninstalled."""
    REFUND = "refund"
    """One order ends: returned, refunded, order cancelled."""
    FAILED_END = "failed-end"
    """A case ends without success: declined, rejected, withdrawn."""
    PLANNED = "planned"
    """A date somebody expected, not something that happened."""
    OTHER = "other"


SHOP = frozenset(Kind) - {Kind.OTHER, Kind.PLANNED, Kind.FAILED_END, Kind.ERROR, Kind.SUPPORT,
                          Kind.CANCEL, Kind.USE, Kind.SURVEY}  # fmt: skip
"""Kinds that only customers' journeys have; process logs have none of them, or few."""

# The first entry that matches decides, so the stricter wording stands before the looser.
# English phrases match whole tokens in a row; Korean ones match anywhere in the name.
_WORDS: tuple[tuple[Kind, str, str], ...] = (
    (Kind.OTHER, "page leave|pageleave|page left|web vitals", "페이지이탈"),
    (Kind.PLANNED, "estimated|planned|expected|scheduled date|due date", "예정일|예상"),
    (Kind.ERROR,
     ("error|errors|fail|failed|failure|bug|crash|exception|timeout|payment declined|card declined"
     "|404|500|rage click|dead click"),
     "오류|실패|에러|장애"),
    (Kind.CANCEL,
     ("unsubscribe|unsubscribed|subscription cancelled|subscription canceled|cancel subscription"
     "|subscription cancel|subscription ended|subscription expired|churn|churned|uninstall"
     "|app remove|app uninstalled|account deleted|delete account|account closed|close account"
     "|opt out|opted out|membership cancelled|membership canceled"),
     "탈퇴|해지|구독취소|구독해지|수신거부|앱삭제|멤버십해지"),
    (Kind.REFUND,
     ("refund|refunded|return requested|returned|item returned|order returned|order cancelled"
     "|order canceled|cancel order|order cancel|chargeback|purchase cancelled|purchase canceled"),
     "환불|반품|주문취소|결제취소|구매취소|교환신청"),
    (Kind.INTENT, "remove from cart|cart removed|product removed|cart abandoned",
     "장바구니삭제|장바구니비우기"),
    (Kind.REPEAT,
     ("renew|renewed|renewal|subscription renewed|reorder|reordered|repurchase|repeat purchase"
     "|repeat order|second order|order again|auto renew"),
     "재구매|재주문|정기결제|구독갱신|갱신|재방문구매"),
    (Kind.REFER,
     ("refer|referral|referred|refer a friend|invite|invited|invitation|invite sent|invite friend"
     "|friend invited|affiliate|recommend|recommended"),
     "친구초대|초대|추천인|추천하기|지인추천|소개하기"),
    (Kind.SHARE, "share|shared|shares|share link|social share|user generated content|ugc",
     "공유|자랑하기"),
    (Kind.COMPARE, "review page|reviews page|view reviews|read reviews|reviews viewed|read review",
     "리뷰보기|리뷰조회|후기보기|후기조회|리뷰페이지"),
    (Kind.REVIEW,
     ("review|reviews|reviewed|review submitted|write review|review written|testimonial|rating"
     "|rate|rated|product reviewed|feedback"),
     "리뷰|후기|평점|별점|구매평|상품평"),
    (Kind.SURVEY, "nps|csat|ces|survey|survey answered|survey submitted|poll|questionnaire",
     "설문|만족도"),
    (Kind.FULFIL,
     ("shipped|shipping started|dispatched|delivered|delivery|order delivered|carrier|fulfilled"
     "|order fulfilled|approved|invoiced|packed|picked up|out for delivery|received order"
     "|order received|box delivered|installed on site"),
     "배송|출고|발송|배달|수령|도착"),
    (Kind.SIGNUP,
     ("sign up|signup|signed up|register|registered|registration|create account|account created"
     "|subscribe newsletter|newsletter|trial|start trial|trial started|free trial|join|joined"
     "|onboarding|complete registration|user created"),
     "회원가입|가입|등록완료|체험시작|무료체험|뉴스레터|간편가입"),
    (Kind.QUALIFIED,
     ("demo|demo requested|demo booked|meeting|meeting booked|proposal|proposal sent|quote"
     "|quote requested|negotiation|opportunity|sales qualified|sql|contract sent|sales call"),
     "상담예약|상담신청|견적|제안서|데모|미팅|방문상담"),
    (Kind.LEAD,
     ("lead|generate lead|form submit|form submitted|contact us|contact form|download|downloaded"
     "|whitepaper|ebook|webinar|request info|inquiry|enquiry"),
     "문의하기|자료요청|자료다운로드|웨비나|신청서"),
    (Kind.INTENT,
     ("add to cart|added to cart|product added|cart|basket|bag|view cart|cart viewed|checkout"
     "|begin checkout|checkout started|start checkout|initiate checkout|checkout step"
     "|proceed to checkout|shipping details|shipping info|add shipping info|shipping address"
     "|delivery details|address entered|payment details|payment info|add payment info"
     "|payment method|payment page|payment started|start payment|payment info entered"
     "|coupon entered|coupon applied|order started|order form|place order clicked|buy click"
     "|order review|purchase intent|configure|build box"),
     ("장바구니|주문서|결제하기클릭|결제시작|결제페이지|결제수단|주문시작|바로구매|구매하기클릭"
     "|배송지입력|주문하기클릭|담기")),
    (Kind.PURCHASE,
     ("purchase|purchased|purchases|order completed|order complete|order placed|order paid"
     "|order created|order confirmed|place order|placed order|order|orders|paid|payment|pay"
     "|payment success|payment succeeded|payment completed|payment complete|checkout completed"
     "|checkout complete|checkout success|transaction|transactions|buy|bought|sale|sold|deposit"
     "|subscription started|subscription created|subscription activated|subscribe|subscribed"
     "|start subscription|subscription purchased|deal won|closed won|in app purchase|booking"
     "|booked|booking confirmed|reservation|ticket purchased|converted|conversion"),
     "구매|결제|주문|구독시작|구독신청|정기구독|예약완료|예약확정|계약완료|계약체결|입금"),
    (Kind.SUPPORT,
     ("support|support chat|help|help center|ticket|ticket created|chat|live chat|complaint"
     "|call center|customer service|contact support"),
     "고객센터|상담|문의|채팅|민원|불만|도움말"),
    (Kind.WISH,
     ("wishlist|wish list|wishlist add|add to wishlist|favorite|favourite|favorites|like|liked"
     "|save for later|saved item|bookmark"),
     "찜|위시리스트|관심상품|좋아요|즐겨찾기"),
    (Kind.COMPARE,
     ("compare|comparison|compared|pricing|pricing page|price|plans|view plans|plan viewed"
     "|faq|calculator|case study"),
     "비교|요금제|가격조회|요금조회|가격|자주묻는질문"),
    (Kind.SEARCH,
     ("search|searched|search results|view search results|filter|filter results|filtered|sort"
     "|products searched|query|find"),
     "검색|필터|찾기"),
    (Kind.VIEW,
     ("product view|product viewed|view product|view item|viewed product|item view|product page"
     "|product detail|product details|product|products|detail view|recipe viewed|view recipe"
     "|view content|property view|listing view|pdp|item"),
     "상품조회|상품상세|상품보기|상품페이지|상품클릭|상품|제품|상세페이지|상세조회|레시피"),
    (Kind.BROWSE,
     ("catalog|catalogue|category|category view|category page|product list viewed|view item list"
     "|collection|list view|listing|browse|promo page|promotion viewed|view promotion|blog|article"
     "|video|content|watch|read|story"),
     "카테고리|목록|기획전|이벤트페이지|프로모션|둘러보기|콘텐츠|블로그|기사|영상"),
    (Kind.AD,
     ("ad|ads|ad click|ad view|ad impression|impression|campaign|campaign click|banner|banner click"
     "|email open|email opened|email click|email clicked|push open|push opened|sms click"),
     "광고|노출|배너|캠페인|이메일오픈|메일열람|푸시오픈|알림톡클릭"),
    (Kind.USE,
     ("login|log in|logged in|sign in|signed in|activate|activated|feature used|use|used"
     "|account page|account|profile|settings|dashboard|play|played|cook|cooked|meal cooked"),
     "로그인|사용|이용|마이페이지|프로필|활성화|요리"),
    (Kind.VISIT,
     ("home|homepage|home page|landing|landing page|visit|visited|session start|first visit"
     "|first open|app open|app opened|open app|application opened|page view|page viewed|pageview"
     "|page visit|view page|screen view|page|front page|frontpage|index|start page|main page|main"),
     "방문|유입|메인|홈|랜딩|첫화면|앱실행|앱오픈|페이지조회|페이지뷰|세션시작|접속"),
    (Kind.FAILED_END,
     ("declined|denied|rejected|reject|withdrawn|cancelled|canceled|abandoned|expired|lost"
     "|closed lost|deal lost|disqualified|dismissed|void|voided|terminated"),
     "거절|반려|취소|철회|기각|만료|탈락"),
)  # fmt: skip

_BEFORE_PAYING = re.compile(
    r"\b(page|details|detail|form|info|method|click|clicked|start|started|begin|initiate|initiated"
    r"|view|viewed|select|selected|attempt|attempted|pending|reminder)\b"
)
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[가-힣]+")
_KOREAN = re.compile(r"[가-힣]")


def tokens(name: str) -> tuple[str, ...]:
    """Return the lower-case words of an event name, split at blanks, signs and capitals.

    Examples
    --------
    >>> tokens("Order_Completed"), tokens("addToCart")
    (('order', 'completed'), ('add', 'to', 'cart'))
    """
    return tuple(part.lower() for part in _PARTS.findall(name))


def kind_of(name: str) -> Kind:
    """Return what an event is, told from its name; ``Kind.OTHER`` where no word tells.

    Examples
    --------
    >>> kind_of("payment_details").value, kind_of("결제완료").value, kind_of("W_Nabellen").value
    ('intent', 'purchase', 'other')
    """
    spaced = f" {' '.join(tokens(name))} "
    compact = re.sub(r"[\s_\-./]+", "", name)
    korean = bool(_KOREAN.search(name))
    for kind, english, hangul in _WORDS:
        said = any(f" {phrase} " in spaced for phrase in english.split("|"))
        if said or (korean and any(word in compact for word in hangul.split("|"))):
            if kind is Kind.PURCHASE and _BEFORE_PAYING.search(spaced):
                return Kind.INTENT
            return kind
    return Kind.OTHER
