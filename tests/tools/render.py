"""Turn articles into pages as association sites publish them: some layouts, charsets and wrong declarations.

usage: render.py ARTICLES_DIR PAGES_DIR [ID:LAYOUT:ENCODING:DECLARED …]

Without a list every article is rendered, the layouts and charsets in turn. ENCODING is that of the bytes, DECLARED what
the page says it is ("-": nothing). Everything around the article is invented and names gifts that no record may hold.
Same articles, same bytes.
"""
import sys
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from articles import read_article  # noqa: E402

# Headlines beside the article: none of them is the article's, each would be a record if it were taken for one.
BESIDE = ["澄江岭商会向敬老院捐赠棉被120床", "石矶头食品厂捐款46万元支持修路", "爱心企业家邬百川捐资88万元助学",
          "桐花渡镇举行捐赠仪式 收到善款19.5万元", "关于缴纳年度会费的通知", "澄江岭商会召开理事会"]
MENU = ["首页", "协会概况", "新闻动态", "通知公告", "会员风采", "公益慈善", "政策法规", "联系我们"]
HIDDEN = "邬百川捐款300万元，石矶头食品厂捐赠大米5吨。"


def charset_meta(declared, html5):
    if declared == "-":
        return ""
    if html5:
        return f'<meta charset="{declared}">'
    return f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">'


def body(article, paragraph, cell="td", table_attributes=""):
    out = []
    for kind, block in article.blocks:
        if kind == "paragraph":
            out.append(paragraph(escape(block)))
        elif kind == "list":
            out.append("<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block) + "</ul>")
        else:
            rows = [f"<tr>{''.join(f'<{t}>{escape(c)}</{t}>' for c in row)}</tr>"
                    for t, row in [(cell if i == 0 else "td", row) for i, row in enumerate(block)]]
            out.append(f"<table{table_attributes}>\n" + "\n".join(rows) + "\n</table>")
    return "\n".join(out)


def links(items, wrap):
    return "\n".join(wrap.format(url=f"/news/{i}.html", text=escape(text)) for i, text in enumerate(items, 101))


def classic(a, declared):
    """Tables for layout, full-width spaces for indents, everything in one cell: as of 2003."""
    content = body(a, lambda text: f"<p>　　{text}</p>", table_attributes=' border="1" cellspacing="0" width="95%"')
    date = "%s年%d月%d日" % (a.published[:4], int(a.published[5:7]), int(a.published[8:])) if a.published else ""
    return f"""<html>
<head>
{charset_meta(declared, False)}
<title>{escape(a.title)}_{escape(a.site)}</title>
<script language="javascript">var tip = "{HIDDEN}";</script>
</head>
<body bgcolor="#ffffff" leftmargin="0">
<table width="960" border="0" align="center"><tr><td colspan="2" background="/images/top.jpg"><b>{escape(a.site)}</b></td></tr>
<tr><td colspan="2">{links(MENU, '<a href="{url}">{text}</a> |')}</td></tr>
<tr><td width="220" valign="top"><table width="100%" border="0"><tr><td><b>热点新闻</b></td></tr>
{links(BESIDE, '<tr><td>·<a href="{url}">{text}</a></td></tr>')}
</table></td>
<td width="740" valign="top">
<table width="100%" border="0"><tr><td align="center"><font size="5"><b>{escape(a.title)}</b></font></td></tr>
<tr><td align="center">发布日期：{date}　来源：{escape(a.source)}　点击数：<span>312</span></td></tr>
<tr><td>
{content}
</td></tr>
<tr><td align="right">【<a href="javascript:window.print()">打印</a>】【<a href="javascript:window.close()">关闭</a>】</td></tr></table>
</td></tr>
<tr><td colspan="2" align="center">版权所有：{escape(a.site)}　地址：人民路9号　邮编：100000　京ICP备00000000号</td></tr></table>
</body>
</html>
"""


def portal(a, declared):
    """A content management system of the 2010s: boxes with class names, breadcrumbs, related news, comments."""
    content = body(a, lambda text: f'<p style="text-indent:2em"><span style="font-size:16px">{text}</span></p>', cell="th")
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
{charset_meta(declared, True)}
<title>{escape(a.title)} - 公益慈善 - {escape(a.site)}</title>
<meta name="keywords" content="捐赠,公益">
<style>.hide {{display:none}} .nav li {{float:left}}</style>
</head>
<body>
<div class="header"><a class="logo" href="/">{escape(a.site)}</a>
<ul class="nav">
{links(MENU, '<li><a href="{url}">{text}</a></li>')}
</ul></div>
<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/gy/">公益慈善</a> &gt; 正文</div>
<div class="main"><div class="article">
<h1>{escape(a.title)}</h1>
<div class="info"><span class="time">{a.published} 09:30</span><span class="source">来源：{escape(a.source)}</span>{f'<span class="author">作者：{escape(a.author)}</span>' if a.author else ''}<span>浏览：128次</span></div>
<div class="content">
{content}
<p class="hide">{HIDDEN}</p>
</div>
<div class="share">分享到：<a href="#">微信</a> <a href="#">微博</a></div>
<div class="related"><h3>相关新闻</h3><ul>
{links(BESIDE, '<li><a href="{url}">{text}</a><em>03-11</em></li>')}
</ul></div>
<div class="comments"><h3>网友评论</h3><p>路人甲：我也捐了50元！</p><p>路人乙：为石矶头食品厂点赞，捐了46万元呢。</p></div>
</div>
<div class="side"><h3>阅读排行</h3><ol>
{links(reversed(BESIDE), '<li><a href="{url}">{text}</a></li>')}
</ol></div></div>
<div class="footer"><p>主办：{escape(a.site)} 技术支持：澄江岭软件公司</p><p>Copyright © 2010-2022</p></div>
<!-- {HIDDEN} -->
</body>
</html>
"""


def breaks(a, declared):
    """One box and line breaks, no paragraphs: what forums and hand-written pages do."""
    content = body(a, lambda text: f"&nbsp;&nbsp;&nbsp;&nbsp;{text}<br><br>", table_attributes=' border="1"')
    return f"""<html><head>{charset_meta(declared, False)}<title>{escape(a.title)}</title></head>
<body>
<div id="menu">{links(MENU, '[<a href="{url}">{text}</a>]')}</div>
<div id="post"><h2>{escape(a.title)}</h2>
<div>{escape(a.source)} 发表于 {a.published.replace("-", "/")} 10:12:05</div>
<div id="message">{content}</div></div>
<div id="bottom">{links(BESIDE, '<a href="{url}">{text}</a><br>')}</div>
<div>{escape(a.site)}</div>
</body></html>
"""


LAYOUTS = {"classic": classic, "portal": portal, "breaks": breaks}
CHARSETS = [("utf-8", "utf-8"), ("gbk", "gb2312"), ("gb18030", "gb18030"), ("utf-8", "gb2312"), ("gbk", "-")]
# What a Traditional page has where our own texts around the article are Simplified.
TRADITIONAL = str.maketrans("会况闻动态风公慈规联们热点员资学头厂万赠爱业邬举仪线缴纳关于费召开义术软发布来击数权邮编备页当阅读网评论为赞协矶闭号吨岭镇",
                            "會況聞動態風公慈規聯們熱點員資學頭廠萬贈愛業鄔舉儀線繳納關於費召開義術軟發布來擊數權郵編備頁當閱讀網評論為讚協磯閉號噸嶺鎮")


def render(article, layout, encoding, declared):
    page = LAYOUTS[layout](article, declared)
    if encoding.startswith("big5"):
        page = page.translate(TRADITIONAL)
    # what a charset cannot hold, sites write as references
    return page.encode(encoding, "xmlcharrefreplace")


def main(argv):
    if len(argv) < 2:
        sys.exit(__doc__)
    source, target, plans = Path(argv[0]), Path(argv[1]), [plan.split(":") for plan in argv[2:]]
    if not plans:
        names = sorted(path.stem for path in source.glob("*.txt"))
        layouts = list(LAYOUTS)
        plans = [[id, layouts[i % len(layouts)], *CHARSETS[i % len(CHARSETS)]] for i, id in enumerate(names)]
    target.mkdir(parents=True, exist_ok=True)
    for id, layout, encoding, declared in plans:
        page = render(read_article(source / f"{id}.txt"), layout, encoding, declared)
        (target / f"{id}.html").write_bytes(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
