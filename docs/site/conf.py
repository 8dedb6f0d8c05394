"""conf.py - how Sphinx makes a site of the pages in docs/.

The pages are what GitHub renders. What the site needs beside them is added
here while they are read: the table of contents, pages for the files of the
tree that they link to, and the C API. Nothing is loaded from a network.

CVL_ROOT names the tree, CVL_API Doxygen's XML, CVL_HEADERS the headers,
CVL_STATIC what build.sh made for the browser. CVL_LIVE is 1 where the live page
lies beside the chapters.
"""
import html
import os
import posixpath
import re
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound

ROOT = Path(os.environ["CVL_ROOT"])
HEADERS = os.environ["CVL_HEADERS"].split()

project = "convlet"
root_doc = "index"
highlight_language = "none"
# What a program prints need not look like a shell's.
suppress_warnings = ["misc.highlighting_failure"]
extensions = ["myst_parser", "breathe", "sphinx.ext.mathjax"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
breathe_projects = {"convlet": os.environ["CVL_API"]}
breathe_default_project = "convlet"
breathe_domain_by_extension = {"h": "c"}
breathe_show_define_initializer = True
breathe_show_include = False

html_theme = "furo"
html_title = "convlet"
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
# A summary of each result would be fetched, which no browser does from a file.
html_show_search_summary = False
html_static_path = ["static", os.environ["CVL_STATIC"], "/usr/share/javascript/katex"]
html_css_files = ["katex.min.css", "auto.css", "site.css"]
html_js_files = ["katex.min.js"]
# Sphinx marks the formulas for MathJax; KaTeX draws what lies between the
# same marks, and is there without a network.
mathjax_path = "contrib/auto-render.js"
mathjax_options = {"defer": "defer", "onload": "renderMathInElement(document.body)"}

FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
FILE_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((\.\./[^)#\s]+)(?:#L(\d+)[^)]*)?\)")
LIVE_LINK = re.compile(r'\[([^\]]+)\]\(live-page\.md#[^\s)]+\s+"(room=[^"]+)"\)')

linked = set()


def to_source_page(match):
    """A link to a file of the tree becomes one to the page that shows it."""
    text, target, line = match.groups()
    path = posixpath.normpath(posixpath.join("docs", target))
    if not (ROOT / path).is_file():
        return text
    if not line and str(ROOT / path) in HEADERS:
        return f'<a href="api/{Path(path).stem}.html">{text}</a>'
    linked.add(path)
    anchor = f"#L-{line}" if line else ""
    return f'<a href="source/{path}.html{anchor}">{text}</a>'


def to_live_page(match):
    """A link whose title is a state of the live page becomes one to that."""
    text, state = match.groups()
    return f'<a href="live.html#{html.escape(state)}">{text}</a>'


def outside_fences(function, text):
    """Applies a function to what is in no block."""
    parts, at = [], 0
    for fence in FENCE.finditer(text):
        parts += [function(text[at : fence.start()]), fence.group()]
        at = fence.end()
    return "".join(parts + [function(text[at:])])


def contents():
    """The table of contents: every page, in the order of its name."""
    names = sorted(page.stem for page in Path(SOURCES).glob("*.md"))
    chapters = [n for n in names if n[0].isdigit()]
    reference = [n for n in names if n.startswith("reference-")]
    guides = [n for n in names if n not in chapters + reference + [root_doc]]
    api = ["api/" + Path(header).stem for header in HEADERS]
    groups = {"Course": chapters, "Guides": guides, "Reference": reference, "C API": api}
    tree = "\n\n```{{toctree}}\n:hidden:\n:caption: {}\n\n{}\n```\n"
    return "".join(tree.format(caption, "\n".join(pages)) for caption, pages in groups.items() if pages)


def read(app, name, source):
    """What GitHub and Sphinx write differently."""
    text = re.sub(r"^```math$", "```{math}", source[0], flags=re.M)
    text = re.sub(r"\]\(README\.md\b", "](index.md", text)
    text = re.sub(r"\$`([^`]+)`\$", r"$\1$", text)
    text = outside_fences(lambda part: FILE_LINK.sub(to_source_page, part), text)
    if os.environ.get("CVL_LIVE") == "1":
        text = outside_fences(lambda part: LIVE_LINK.sub(to_live_page, part), text)
    if name == root_doc:
        text += contents()
    source[0] = text


def source_pages(app):
    """One page for every file that is linked to, with numbered lines."""
    formatter = HtmlFormatter(linenos="inline", lineanchors="L", anchorlinenos=True)
    for path in sorted(linked):
        text = (ROOT / path).read_text()
        try:
            lexer = get_lexer_for_filename(path)
        except ClassNotFound:
            lexer = TextLexer()
        body = f"<h1>{html.escape(path)}</h1>\n" + highlight(text, lexer, formatter)
        yield f"source/{path}", {"title": path, "body": body}, "page.html"


def setup(app):
    global SOURCES
    SOURCES = app.srcdir
    app.connect("source-read", read)
    app.connect("html-collect-pages", source_pages)
