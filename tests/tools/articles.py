"""Articles of fixtures/articles: a head of `key: value` lines, an empty line, then blocks apart by empty lines.

A block is a paragraph; lines that begin with "|" are a table, lines that begin with "- " a list.
"""
import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Article:
    id: str
    title: str
    published: str = ""
    source: str = ""
    author: str = ""
    site: str = ""
    blocks: list = field(default_factory=list)  # ("paragraph", text), ("table", rows), ("list", items)


def kind_of(line):
    return "table" if line.startswith("|") else "list" if line.startswith("- ") else "paragraph"


def parse_block(kind, lines):
    if kind == "table":
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        return [row for row in rows if not all(re.fullmatch(":?-{2,}:?", cell) for cell in row)]
    if kind == "list":
        return [line[2:].strip() for line in lines]
    return "".join(lines)


def read_article(path):
    head, _, body = Path(path).read_text(encoding="utf-8-sig").partition("\n\n")
    fields = dict(re.split(r":\s*", line, maxsplit=1) for line in head.splitlines())
    known = {key: value.strip() for key, value in fields.items()}
    article = Article(id=Path(path).stem, **known)
    article.site = article.site or article.source
    for block in re.split(r"\n\s*\n", body.strip()):
        lines = [line.strip() for line in block.splitlines()]
        while lines:
            kind = kind_of(lines[0])
            run = 1
            while run < len(lines) and kind_of(lines[run]) == kind:
                run += 1
            article.blocks.append((kind, parse_block(kind, lines[:run])))
            lines = lines[run:]
    return article


def plain_text(article):
    """The article as someone would paste it: title, source and date, then a paragraph, table row or list item a line."""
    lines = [article.title, ""]
    about = [article.published, article.source and "来源：" + article.source, article.author and "作者：" + article.author]
    lines += [" ".join(part for part in about if part), ""]
    for kind, block in article.blocks:
        if kind == "table":
            lines += ["\t".join(row) for row in block]
        elif kind == "list":
            lines += block
        else:
            lines.append(block)
        lines.append("")
    return "\n".join(lines)
