"""The check page: a certificate as one HTML page in both languages, without scripts and without the network.

It is what the QR code leads to. A code on paper can lead anywhere, so there is also a page into which the number is
typed, at the venue's own address. A strict Content-Security-Policy lets the browser load nothing: the only style is in
the page, named by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from typing import Final

from exchange.certificates.numbers import LONGEST
from exchange.certificates.sheet import Line, Part, Sheet
from exchange.certificates.words import Words

_STYLE: Final = """
:root{color-scheme:light;--key:#1f6b4a;--line:#0003}
body{font:16px/1.5 system-ui,"Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:#111;background:#fff}
body{max-width:50rem;margin:auto;padding:1rem}
h1{margin:.2rem 0}h1,h2{color:var(--key)}
h2{font-size:1.1rem;border-bottom:2px solid var(--key);margin-top:1.6rem}
[lang=en]{color:#444;font-weight:400}
h1 [lang=en],.warning [lang=en],.status [lang=en]{color:inherit;display:block;font-size:1.1rem}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid var(--line);padding:.25rem .5rem .25rem 0;text-align:left;vertical-align:top}
th{width:13rem;font-weight:600}
code{font:14px/1.4 ui-monospace,"Cascadia Mono",Menlo,monospace;overflow-wrap:anywhere}
.status,.warning{padding:.6rem 1rem;font-size:1.5rem;font-weight:700;border:3px solid}
.status{color:var(--key)}.warning{color:#fff;background:#b00020;border-color:#b00020;margin:.5rem 0}
.top{display:flex;flex-wrap:wrap;gap:1rem;margin-top:1rem}.top>div{flex:1 1 18rem}
.qr{width:9rem;margin:0 auto}.qr svg{width:100%;height:auto;display:block}
.notes{font-size:.9rem}
input,button{font:inherit;padding:.4rem .6rem;max-width:100%;box-sizing:border-box}
input{font-family:ui-monospace,Menlo,monospace}
@media(max-width:36rem){th,td{display:block;width:auto}th{border:0;padding-bottom:0}}
@media print{.links{display:none}body{max-width:none}}
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""The Content-Security-Policy to serve the page with."""

_NUMBER: Final = Words("Certificate number", "证书编号")
_CHECK: Final = Words("Check page", "查验页面")
_NEWEST: Final = Words("As of log entry", "截至日志序号")
_FILES: Final = Words("For programs and archives", "供程序读取与存档")
_TYPE: Final = Words("Check a certificate", "查验证书")
_AS_ON_PAPER: Final = Words("The number as it stands on the certificate:", "证书所载编号：")
_TRUST: Final = Words(
    "A QR code on paper can lead anywhere. Whoever opens this page at the venue's own address and types the number "
    "sees what the venue says.",
    "纸质件上的二维码可能指向任何网址。在本交易机构自己的网址打开本页并录入编号，所见即为本交易机构的记录。",
)
_NONE: Final = Words("There is no certificate with this number.", "没有此编号的证书。")
_NOTHING: Final = Words("Type the number of a certificate.", "请录入证书编号。")
_ADVICE: Final = Words(
    "Compare the number sign by sign with the one on the paper; it ends in twelve characters. If it is the same, the "
    "paper is not a certificate of this venue.",
    "请逐字核对纸质件上的编号，其末段为十二个字符。若编号一致，则该纸质件并非本交易机构的证书。",
)


@dataclass(frozen=True, slots=True)
class Links:
    """Where a certificate is to be found. ``address`` is the whole address of the page, which the QR code has; ``pdf``
    is None where this venue makes none.
    """

    address: str
    json: str
    pdf: str | None


TYPED: Final = "/certificates"
"""Where a number can be typed; the pages themselves lie below it."""

NUMBER_FIELD: Final = "number"

AS_OF: Final = "<!--as-of-->"
"""Stands in a page for the newest entry of the log that was looked at; what people wrote cannot contain it."""


def page_of(sheet: Sheet, links: Links, qr: str) -> str:
    """The page, with :data:`AS_OF` in it; ``qr`` is an SVG element."""
    warnings = "".join(f"<p class=warning>{_words(warning)}</p>" for warning in sheet.warnings)
    status = "" if sheet.stamp else f"<p class=status>{_words(sheet.status)}</p>"
    number = Line(_NUMBER, Words(sheet.number, sheet.number), is_code=True)
    newest = f"<tr><th scope=row>{_words(_NEWEST)}<td>{AS_OF}"
    parts = (
        f"<h1>{_words(sheet.title)}</h1>",
        warnings,
        status,
        f"<div class=top><div><table>{_row(number)}{_row(sheet.since)}{newest}</table>",
        f"<p>{escape(sheet.statement.zh)}</p><p lang=en>{escape(sheet.statement.en)}</p></div>",
        f"<figure class=qr>{qr}</figure></div>",
        *(_part(part) for part in sheet.parts),
        _links(links),
        *(f"<p class=notes>{escape(note.zh)}<br><span lang=en>{escape(note.en)}</span></p>" for note in sheet.notes),
    )
    return _document(f"{sheet.title.zh} {sheet.number}", "".join(parts))


def page_of_none() -> str:
    """What is shown for a number that no certificate has."""
    return _document(_NONE.zh, f"<h1>{_words(_NONE)}</h1>{_paragraphs(_ADVICE)}{_FORM}")


def page_of_nothing_typed() -> str:
    """What is shown where no number was typed: that says nothing of any certificate."""
    return _document(_NOTHING.zh, f"<h1>{_words(_NOTHING)}</h1>{_FORM}{_paragraphs(_TRUST)}")


def page_to_type_into() -> str:
    """Where a number is typed."""
    return _document(_TYPE.zh, f"<h1>{_words(_TYPE)}</h1>{_FORM}{_paragraphs(_TRUST)}")


def _document(title: str, body: str) -> str:
    return (
        f"<!doctype html><html lang=zh-CN><meta charset=utf-8><title>{escape(title)}</title>"
        '<meta name=viewport content="width=device-width"><meta name=robots content=noindex>'
        f"<style>{_STYLE}</style>{body}</html>"
    )


def _part(part: Part) -> str:
    return f"<h2>{_words(part.heading)}</h2>{_table(part.lines)}"


def _table(lines: tuple[Line, ...]) -> str:
    return f"<table>{''.join(_row(line) for line in lines)}</table>"


def _row(line: Line) -> str:
    return f"<tr><th scope=row>{_words(line.label)}<td>{_value(line)}"


def _value(line: Line) -> str:
    if line.value.en != line.value.zh:
        return f"<bdi>{escape(line.value.zh)}</bdi><br><bdi lang=en>{escape(line.value.en)}</bdi>"
    text = escape(line.value.zh)
    return f"<code>{text}</code>" if line.is_code else f"<bdi>{text}</bdi>"


def _words(words: Words) -> str:
    return f"{escape(words.zh)} <span lang=en>{escape(words.en)}</span>"


def _paragraphs(words: Words) -> str:
    return f"<p>{escape(words.zh)}</p><p lang=en>{escape(words.en)}</p>"


_FORM: Final = (
    f"<form action={TYPED} method=get><p><label for=number>{_words(_AS_ON_PAPER)}</label></p>"
    f"<p><input id=number name={NUMBER_FIELD} size={LONGEST} maxlength={LONGEST} required autocomplete=off"
    " autocapitalize=characters spellcheck=false>"
    f" <button>{_words(Words('Check', '查验'))}</button></p></form>"
)
"""What a number is typed into; it needs no script."""


def _links(links: Links) -> str:
    files = [f'<a href="{escape(links.json)}">JSON</a>']
    if links.pdf is not None:
        files.append(f'<a href="{escape(links.pdf)}">PDF</a>')
    check = f"<tr><th scope=row>{_words(_CHECK)}<td><code>{escape(links.address)}</code>"
    return f"<table>{check}<tr class=links><th scope=row>{_words(_FILES)}<td>{' · '.join(files)}</table>"
