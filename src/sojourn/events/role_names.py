"""The names that columns of event files go by, in English and Korean."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a column is to an event."""

    PERSON = "person"
    ANONYMOUS = "anonymous"
    TIME = "time"
    DATE = "date"
    """The day, where the time of day is in another column."""
    CLOCK = "clock"
    """The time of day, where the day is in another column."""
    EVENT = "event"
    ID = "id"
    """The source's own id of the event."""
    VALUE = "value"
    CURRENCY = "currency"
    CHANNEL = "channel"
    UTM_SOURCE = "utm_source"
    UTM_MEDIUM = "utm_medium"
    UTM_CAMPAIGN = "utm_campaign"
    UTM_CONTENT = "utm_content"
    UTM_TERM = "utm_term"
    REFERRER = "referrer"
    PAGE = "page"
    DEVICE = "device"
    COUNTRY = "country"
    SESSION = "session_id"
    BOT = "bot"


SPINE: Final = frozenset(
    (Role.PERSON, Role.ANONYMOUS, Role.TIME, Role.DATE, Role.CLOCK, Role.EVENT, Role.ID)
)
"""Roles that make the event itself; the others are properties with a meaning of their own."""


def folded(name: str) -> str:
    """Return a column name as letters and digits only, in small letters.

    Examples
    --------
    >>> folded("Case:concept:name")
    'caseconceptname'
    """
    return re.sub(r"[\W_]+", "", name.casefold())


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NAMES: Final[dict[Role, tuple[str, ...]]] = {
    Role.PERSON: _words(
        "userid user uid customeruniqueid customerid customer custid custno customerno "
        "customernumber clientid client memberid memberno member personid person distinctid "
        "accountid account subscriberid subscriber householdid household caseconceptname caseid "
        "case contactid leadid patientid email emailaddress useremail customeremail username "
        "고객번호 고객id 고객아이디 고객코드 회원번호 회원id 회원아이디 회원코드 "
        "회원 고객 사용자id 사용자아이디 사용자번호 사용자 유저id 유저 아이디 이용자id"
    ),
    Role.ANONYMOUS: _words(
        "anonymousid anonid anonymoususerid userpseudoid fullvisitorid visitorid visitor cookieid "
        "cookie browserid deviceid gaclientid gaid idfa adid fingerprint 방문자id 방문자 쿠키id "
        "익명id 기기id"
    ),
    Role.TIME: _words(
        "timestamp eventtimestamp eventtime time timetimestamp datetime eventdatetime occurredat "
        "eventat createdat ts unixtime unixtimestamp epoch orderpurchasetimestamp "
        "transactiontimestamp purchasetimestamp ordertimestamp completetimestamp completetime "
        "starttimestamp starttime visittime hittime clienteventtime loggedat purchasedat orderedat "
        "orderdatetime orderdate purchasedate transactiondate invoicedate visitdate eventdate date "
        "day 일시 이벤트일시 이벤트시각 이벤트시간 발생일시 발생시각 주문일시 결제일시 구매일시 "
        "방문일시 접속일시 등록일시 생성일시 주문일 주문일자 구매일 구매일자 결제일 결제일자 "
        "일자 날짜 시각 시간"
    ),
    Role.EVENT: _words(
        "event eventname conceptname activity activityname eventtype eventaction action actionname "
        "useraction behavior behaviour behaviortype behaviourtype verb eventkey step "
        "이벤트 이벤트명 이벤트이름 이벤트종류 행동 행동명 활동 활동명 액션 동작"
    ),
    Role.ID: _words("messageid insertid eventuuid eventid 이벤트id"),
    Role.VALUE: _words(
        "value revenue amount orderamount orderrevenue ordervalue ordertotal totalamount total "
        "grandtotal totalprice salesvalue saleamount sales dollarvalue paymentvalue paymentamount "
        "paidamount transactionamount purchaseamount purchasevalue gmv spend price "
        "금액 결제금액 주문금액 구매금액 매출 매출액 판매금액 총금액 총액 가격"
    ),
    Role.CURRENCY: _words("currency currencycode 통화 통화코드"),
    Role.CHANNEL: _words(
        "channel acquisitionchannel marketingchannel trafficchannel channelgrouping "
        "defaultchannelgroup sessiondefaultchannelgroup channelgroup sourcechannel "
        "채널 유입채널 마케팅채널 획득채널"
    ),
    Role.UTM_SOURCE: _words(
        "utmsource source trafficsource sessionsource mediasource 유입소스 소스"
    ),
    Role.UTM_MEDIUM: _words("utmmedium medium trafficmedium sessionmedium 매체"),
    Role.UTM_CAMPAIGN: _words("utmcampaign campaign campaignname sessioncampaign 캠페인 캠페인명"),
    Role.UTM_CONTENT: _words("utmcontent adcontent"),
    Role.UTM_TERM: _words("utmterm keyword searchkeyword"),
    Role.REFERRER: _words(
        "referrer referer referrerurl referrerdomain httpreferer 리퍼러 유입경로"
    ),
    Role.PAGE: _words(
        "page pagepath pageurl pagelocation url path currenturl screenname screen pagename uri "
        "페이지 페이지명 페이지url 화면 화면명"
    ),
    Role.DEVICE: _words(
        "device devicetype devicecategory platform deviceclass 기기 기기종류 "
        "기기유형 디바이스 플랫폼"
    ),
    Role.COUNTRY: _words(
        "country countrycode countryname geocountry geonetworkcountry 국가 국가코드"
    ),
    Role.SESSION: _words(
        "sessionid session visitid gasessionid sessionkey visitno 세션id 세션 방문id"
    ),
    Role.BOT: _words("isbot bot"),
}
"""Folded names of each role, the likeliest first."""

PATTERNS: Final[dict[Role, re.Pattern[str]]] = {
    Role.PERSON: re.compile(
        r"(?:(?:reviewer|buyer|shopper|player|student|employee|guest|owner|author|subject|"
        r"respondent|passenger|driver|patient|reader|learner|traveler|traveller|donor|payer|"
        r"customer|user|member|client|person)(?:unique|master|global)?"
        r"(?:id|no|number|key|hash|code|uuid|guid)?)|(?:고객|회원|사용자|유저)(?:고유)?(?:번호|id|아이디|코드|식별자|키|no)"
    ),
    Role.ANONYMOUS: re.compile(r".*(?:anonymous|anon|visitor|cookie)(?:user)?id"),
    Role.TIME: re.compile(
        r".*(?:timestamp|datetime|time|date|at|dt|ts)|.*(?:일시|시각|시간|날짜|일자)"
    ),
    Role.EVENT: re.compile(r".*(?:eventname|eventtype|actiontype|actionname)"),
    Role.VALUE: re.compile(r".*(?:amount|revenue|ordervalue|totalprice|금액|매출액?)"),
    Role.SESSION: re.compile(r".*sessionid"),
}
"""What a folded name may look like when it is none of the known ones."""

STATUS_NAMES: Final = _words("status state stage orderstatus type category pagetype 상태 단계 유형")
"""Columns that may serve as the event where there is no better one."""
PAGE_NAMES: Final = NAMES[Role.PAGE]
RATING_NAMES: Final = _words("rating score stars reviewscore 평점 별점 점수")
"""A table of persons, times and one of these is a table of reviews."""
