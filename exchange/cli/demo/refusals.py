"""What the exchange must refuse, tried once, and told in every language of the screen.

A request is made once however many languages are told: a refusal takes a number in the journal too, and the ids that
come after it must be the same for every reader. The second language's words are those of the tables that the API's own
texts come from.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from typing import Final

from exchange.api.language import Language, article_in
from exchange.api.named_facts import inside_number, names_text
from exchange.api.problems import told_facts
from exchange.cli.demo.cast import Voice
from exchange.cli.demo.drawing import below, name_of
from exchange.cli.demo.words import VERIFIED, in_chinese, in_english
from exchange.cli.problem import CommandError
from exchange.cli.terminal import Screen
from exchange.client import ExchangeClient, ExchangeProblem
from exchange.client.problem import BrokenRule
from exchange.core.rejections import FACTS, TEXTS, TITLES, RejectReason
from exchange.rulebooks import load

_FEN_PER_CNY: Final = 100


async def refused(
    screen: Screen,
    client: ExchangeClient,
    who: Voice,
    english: str,
    chinese: str,
    attempt: Callable[[], Awaitable[object]],
) -> None:
    """Try once what must be refused, and say in each language what was refused, why and by which rule."""
    client.connection.language = asked = screen.languages[0]
    try:
        await attempt()
    except ExchangeProblem as refusal:
        for language in screen.languages:
            told = (refusal.title, refusal.detail) if language == asked else words_in(language, refusal)
            _tell(screen, language, who, english if language == "en" else chinese, refusal, *told)
    else:
        raise CommandError(f"the exchange took what it had to refuse: {english} 本应拒绝的请求被受理")


def words_in(language: Language, refusal: ExchangeProblem) -> tuple[str, str]:
    """Title and detail of a refusal as the API would have told them in this language."""
    reason = RejectReason[refusal.code]
    title, text = TITLES[reason], TEXTS[reason]
    numbers = told_facts(reason, _numbers_of(refusal), language) + names_text(refusal.facts, language)
    return (title.zh, text.zh + numbers) if language == "zh" else (title.en, text.en + numbers)


def _numbers_of(refusal: ExchangeProblem) -> Iterator[tuple[str, int]]:
    """The facts as the core has them: money, which travels as text in CNY, in fen, and ids and days as numbers."""
    for name, fact in refusal.facts.items():
        if isinstance(fact, int):
            yield name, fact
        elif (number := inside_number(name, fact)) is not None:
            yield name, number
        elif name in FACTS:
            yield name, int(Decimal(fact) * _FEN_PER_CNY)


def _tell(
    screen: Screen, language: Language, who: Voice, tried: str, refusal: ExchangeProblem, title: str, detail: str
) -> None:
    verdict = screen.paint("refused" if language == "en" else "被拒绝", "yellow", "bold")
    name = f": {title} ({refusal.code})" if language == "en" else f" {title}（{refusal.code}）"
    screen.line(f"  {name_of(who, language)} {tried} → {verdict}{name}")
    screen.line(f"  {below(language)}{detail}")
    if refusal.rule is not None:
        screen.line(screen.paint(f"  {below(language)}{_rule_in(language, refusal.rule)}", "dim"))


def _rule_in(language: Language, rule: BrokenRule) -> str:
    article = article_in(language, _article_of(rule))
    if language == "en":
        return f"rule {rule.id} · {article} · {in_english(VERIFIED, rule.verified)} · rulebook {rule.version}"
    return f"规则 {rule.id} · {article} · {in_chinese(VERIFIED, rule.verified)} · 规则集第 {rule.version} 版"


def _article_of(rule: BrokenRule) -> str:
    """The article in both languages, as the rulebook that the demo opens with has it; a refusal names it in one."""
    return next((each.article for each in load().rules if each.rule == rule.id), rule.article)
