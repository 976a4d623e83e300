"""Make a site of articles: a front page, lists of nine, and the articles as pages in some layouts and charsets, as
association sites publish them. Some articles stand twice, told on by a second page.

usage: site.py ARTICLES_DIR SITE_DIR

Writes the pages, robots.txt and urls.tsv (path, file) for tests/sites.py. Same articles, same bytes.
"""
import re
import sys
from html import escape
from string import ascii_lowercase
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from articles import read_article  # noqa: E402
from render import CHARSETS, LAYOUTS  # noqa: E402

KINDS = ("ceremony", "list", "roundup")
EACH = 10          # articles of a kind
TOLD_TWICE = 5     # articles that a second page has, too
A_LIST = 9
NAME = "东山县民营经济网"


def linked(page, targets):
    """The page with links that lead somewhere: /news/N.html to the Nth target."""
    page = re.sub(r'href="/news/(\d+)\.html"', lambda m: f'href="{targets[(int(m[1]) - 101) % len(targets)]}"', page)
    return page.replace('href="/gy/"', 'href="/list_1.html"')


def listing(title, articles, more):
    items = "\n".join(f'<li><a href="{path}">{escape(article.title)}</a> <span>{article.published}</span></li>'
                      for path, article in articles)
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title} - {NAME}</title></head>
<body><div class="header"><a href="/">{NAME}</a></div>
<h1>{title}</h1>
<ul class="news">
{items}
</ul>
<div class="pages">{more}</div>
</body></html>
"""


def main(argv):
    if len(argv) != 2:
        sys.exit(__doc__)
    source, target = Path(argv[0]), Path(argv[1])
    chosen = [(kind + letter, path) for kind in KINDS
              for letter, path in zip(ascii_lowercase, sorted(source.glob(f"{kind}-*.txt"))[:EACH])]
    # no numbers in names: the crawler would look for others that fit
    articles = [(f"/news/{name}.html", read_article(path)) for name, path in chosen]
    articles += [(path.replace("/news/", "/zt/"), article) for path, article in articles[:TOLD_TWICE]]
    articles.sort(key=lambda item: (item[1].published, item[0]), reverse=True)
    lists = [articles[at:at + A_LIST] for at in range(0, len(articles), A_LIST)]
    list_paths = [f"/list_{number}.html" for number in range(1, len(lists) + 1)]
    pages = {"/": listing("首页", articles[:A_LIST], " ".join(f'<a href="{path}">{i}</a>' for i, path in enumerate(list_paths, 1)))}
    for number, (path, items) in enumerate(zip(list_paths, lists)):
        beside = [f'<a href="{list_paths[i]}">{text}</a>' for i, text in ((number - 1, "上一页"), (number + 1, "下一页"))
                  if 0 <= i < len(lists)]
        pages[path] = listing(f"公益慈善 第{number + 1}页", items, " ".join(beside))
    pages = {path: page.encode() for path, page in pages.items()}
    targets = ["/", *list_paths]
    layouts = list(LAYOUTS)
    for i, (path, article) in enumerate(articles):
        encoding, declared = CHARSETS[i % len(CHARSETS)]
        page = LAYOUTS[layouts[i % len(layouts)]](article, declared)
        pages[path] = linked(page, targets).encode(encoding, "xmlcharrefreplace")
    names = {path: "index.html" if path == "/" else path[1:] for path in pages}
    for path, page in pages.items():
        file = target / names[path]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(page)
    (target / "robots.txt").write_text("User-agent: *\nDisallow: /admin/\n")
    (target / "urls.tsv").write_text("# articles of fixtures/articles as a site, made by tests/tools/site.py: what demo.sh crawls\n"
                                     + "".join(f"{path}\t{name}\n" for path, name in names.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
