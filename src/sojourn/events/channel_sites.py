"""Sites and source names by kind: the lists that channel rules refer to.

An entry is a host, which covers its subdomains (``naver.com`` also ``m.naver.com``; a longer
entry such as ``blog.naver.com`` wins), a host under any country's ending (``google.*``), or a bare
word as people write it into ``utm_source`` (``fb``). ``entry=name`` gives the source another name.
"""

from __future__ import annotations

from enum import StrEnum


class SiteKind(StrEnum):
    """What a site is to those who come from it."""

    SEARCH = "search"
    SOCIAL = "social"
    VIDEO = "video"
    SHOPPING = "shopping"


SITES: dict[SiteKind, str] = {
    SiteKind.SEARCH: """
        google google.* com.google.android.googlequicksearchbox=google lens.google.com=google bing
        bing.com yahoo yahoo.* yahoo.co.jp=yahoo duckduckgo duckduckgo.com baidu baidu.com yandex
        yandex.* ya.ru=yandex ecosia ecosia.org search.brave.com=brave brave startpage.com qwant
        qwant.com sogou sogou.com so.com=360 360.cn=360 seznam.cz ask ask.com aol aol.com
        search.aol.com=aol lycos lycos.com dogpile.com swisscows.com mojeek.com kagi.com coccoc.com
        rambler.ru go.mail.ru=mail.ru msn msn.com presearch.com metager.org docomo auone
        biglobe.ne.jp naver naver.com com.nhn.android.search=naver search.naver.com=naver daum
        daum.net search.daum.net=daum net.daum.android.daum=daum nate nate.com zum zum.com
        dreamwiz.com
    """,
    SiteKind.SOCIAL: """
        facebook facebook.com fb=facebook fb.me=facebook fb.com=facebook
        com.facebook.katana=facebook messenger messenger.com m.me=messenger instagram instagram.com
        ig=instagram insta=instagram com.instagram.android=instagram threads threads.net threads.com
        t.co=twitter twitter twitter.com x x.com=x linkedin linkedin.com lnkd.in=linkedin
        com.linkedin.android=linkedin pinterest pinterest.* pin.it=pinterest reddit reddit.com
        out.reddit.com=reddit tiktok tiktok.com snapchat snapchat.com quora quora.com tumblr
        tumblr.com medium.com discord discord.com discord.gg=discord slack slack.com telegram
        t.me=telegram web.telegram.org=telegram whatsapp whatsapp.com wa.me=whatsapp line line.me vk
        vk.com ok.ru weibo weibo.com weixin wechat zhihu.com xiaohongshu.com douban.com plurk.com
        mixi.jp ameblo.jp hatena.ne.jp note.com blogspot.* blogspot blogger.com wordpress.com
        livejournal.com github.com stackoverflow.com stackexchange.com superuser.com serverfault.com
        askubuntu.com news.ycombinator.com producthunt.com goodreads.com flickr.com yelp.com yelp
        tripadvisor.com meetup.com nextdoor.com mastodon.social bsky.app linktr.ee linktree
        disqus.com glassdoor.com hootsuite.com buffer.com bit.ly goo.gl ow.ly blog.naver.com
        cafe.naver.com kin.naver.com post.naver.com band.us band naver_blog=blog.naver.com
        naverblog=blog.naver.com naver_cafe=cafe.naver.com navercafe=cafe.naver.com
        com.nhn.android.band=band.us com.nhn.android.navercafe=cafe.naver.com
        m.blog.naver.com=blog.naver.com m.cafe.naver.com=cafe.naver.com
        m.kin.naver.com=kin.naver.com blog.daum.net cafe.daum.net kakao kakao.com kakaocorp.com
        kakaotalk kakaostory story.kakao.com pf.kakao.com com.kakao.talk=kakaotalk kakaochannel
        talk.naver.com brunch.co.kr tistory.com velog.io egloos.com cyworld.com theqoo.net
        fmkorea.com dcinside.com clien.net ruliweb.com ppomppu.co.kr mlbpark.donga.com inven.co.kr
        instiz.net pann.nate.com todayhumor.co.kr bobaedream.co.kr slrclub.com 82cook.com
        everytime.kr teamblind.com ohou.se jobplanet.co.kr namu.wiki rocketpunch.com disquiet.io
        okky.kr
    """,
    SiteKind.VIDEO: """
        youtube youtube.com youtu.be=youtube youtube-nocookie.com=youtube
        com.google.android.youtube=youtube vimeo vimeo.com dailymotion dailymotion.com twitch
        twitch.tv netflix netflix.com hulu hulu.com disneyplus disneyplus.com wistia wistia.com
        rumble.com bilibili.com iqiyi.com youku.com nicovideo.jp ted.com kick.com tv.naver.com
        now.naver.com chzzk.naver.com shoppinglive.naver.com tv.kakao.com sooplive.co.kr
        afreecatv.com pandalive.co.kr wavve.com tving.com watcha.com coupangplay.com laftel.net
    """,
    SiteKind.SHOPPING: """
        amazon amazon.* ebay ebay.* etsy etsy.com alibaba alibaba.com aliexpress aliexpress.com temu
        temu.com shein.com shopify shop.app shopping.google.com walmart walmart.com target.com
        bestbuy.com rakuten.co.jp mercadolibre.* mercadolivre.com.br shopee.* lazada.* taobao.com
        tmall.com jd.com zozo.jp mercari.com igshopping idealo.* stripe.com shopping.naver.com
        msearch.shopping.naver.com search.shopping.naver.com smartstore.naver.com brand.naver.com
        shopping.daum.net naver_shopping=shopping.naver.com navershopping=shopping.naver.com
        cr.shopping.naver.com=shopping.naver.com cr2.shopping.naver.com=shopping.naver.com
        m.shopping.naver.com=shopping.naver.com gift.kakao.com store.kakao.com coupang coupang.com
        11st 11st.co.kr gmarket gmarket.co.kr auction auction.co.kr ssg ssg.com lotteon lotteon.com
        wemakeprice wemakeprice.com tmon tmon.co.kr interpark interpark.com musinsa musinsa.com
        zigzag.kr a-bly.com kurly kurly.com oliveyoung oliveyoung.co.kr danawa danawa.com enuri
        enuri.com gsshop.com cjonstyle.com hmall.com 29cm.co.kr wconcept.co.kr brandi.co.kr
        bunjang.co.kr daangn.com joongna.com idus.com todayshome.co.kr buykorea.org
    """,
}
