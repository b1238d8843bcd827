"""``exchange keys``: the first keys, further ones for persons who have one, and new ones in their place."""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from exchange.access.addresses import AddressFault, AddressList
from exchange.bootstrap.genesis import FirstKey, FirstKeys
from exchange.cli.asking import at_the_exchange
from exchange.cli.key_draft import Draft, draft_path, telling
from exchange.cli.problem import OK, CommandError, reason_of
from exchange.cli.settings import Subparsers, add_data_dir, settings_of
from exchange.cli.terminal import Screen, language_of
from exchange.client import ClientError, ExchangeClient, ExchangeProblem, NewSecret, PrivateKey, UnauthorisedError
from exchange.client.models import Key

SCOPES = ("READ", "TRADE", "FUNDS", "MANAGE")
_GO_ON = "give the same command again, and it goes on with that 请重新执行同一命令，将接着完成"
_SERVER_ERRORS: Final = 500
_MADE_AFTER_ALL: Final = ("PUBLIC_KEY_USED", "SECRET_USED")
"""What is said of a draft whose key was made by a call that nobody heard the answer of."""

_SENT_TWICE: Final = "NONCE_USED"
_NO_LONGER_GOOD: Final = ("UNAUTHENTICATED", "KEY_NOT_VALID")

Action = Callable[[ExchangeClient], Awaitable[None]]


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "keys",
        help="show the first keys; make, replace and revoke keys 查看、新建、轮换、吊销密钥",
        description="The keys that the exchange began with, and further ones. 查看、新建、轮换、吊销密钥。",
    )
    command.add_argument(
        "--show", action="store_true", help="print the tokens too; whoever sees them can use them 显示令牌"
    )
    command.add_argument(
        "--as", dest="name", metavar="NAME", help='whose key to use or show, such as "Operator A" 密钥所有人'
    )
    command.add_argument(
        "--url", help="where the exchange answers, instead of EXCHANGE_HOST and EXCHANGE_PORT 交易所地址"
    )
    what = command.add_mutually_exclusive_group()
    what.add_argument("--new", metavar="LABEL", help="make a further key for the person named by --as 新建密钥")
    what.add_argument(
        "--secret", action="store_true", help="make a secret for a first key, and its hash; nothing is sent 生成密钥串"
    )
    what.add_argument(
        "--rotate",
        action="store_true",
        help="replace the first key of the person named by --as, file included 轮换密钥",
    )
    what.add_argument("--revoke", metavar="KEY", help="revoke a key, as the person named by --as 吊销密钥")
    command.add_argument(
        "--scopes",
        default="READ",
        help=f"of the new key, joined by commas: {', '.join(SCOPES)}; READ unless given 权限",
    )
    command.add_argument(
        "--networks", default="", help="from where the new key can be used, joined by commas: 10.1.0.0/16 允许的网段"
    )
    command.add_argument(
        "--private-key",
        type=Path,
        metavar="FILE",
        help="with --secret or --new: make a key pair too, and write its private key there 同时生成密钥对",
    )
    add_data_dir(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show, make, replace or revoke."""
    _refuse_nothing(arguments)
    if arguments.secret:
        return _make_secret(arguments.private_key)
    settings = settings_of(arguments)
    keys = FirstKeys(settings.data_dir)
    action = _action(arguments, keys)
    if action is not None:
        url = arguments.url or f"http://{settings.host}:{settings.port}"
        asked = _over_http(url, settings.public_origin, chosen(keys, arguments.name), action)
        with _telling_what_is_begun(lambda: _begun(arguments, keys)):
            return asyncio.run(asked)
    shown = _known(keys) if arguments.name is None else (chosen(keys, arguments.name),)
    _show(shown, arguments.show)
    for key in shown:
        if keys.begun(key.name) is not None:
            _say(
                _under_way(keys, key.name), f'finish it: exchange keys --as "{key.name}" --rotate 请执行该命令完成轮换'
            )
    return OK


def _refuse_nothing(arguments: argparse.Namespace) -> None:
    """An empty text, as of a variable of the shell that is not set, is no wish to see the keys."""
    if arguments.new == "":
        raise CommandError(
            "--new needs a label. --new 须带名称。",
            "what the key is for, such as --new desk 请注明密钥用途，例如 --new desk",
        )
    if arguments.revoke == "":
        raise CommandError(
            "--revoke needs the id of a key. --revoke 须带密钥编号。",
            "such as --revoke key-17-1 例如 --revoke key-17-1",
        )


def _say(problem: str, remedy: str) -> None:
    """A remark beside the results, which are for programs too."""
    CommandError(problem, remedy).tell(lambda line: print(line, file=sys.stderr, flush=True))


def _under_way(keys: FirstKeys, name: str) -> str:
    return f"a rotation of the key of {name} is not finished; the new one is in {keys.next_path}. 轮换尚未完成"


def _begun(arguments: argparse.Namespace, keys: FirstKeys) -> tuple[Path, str] | None:
    """Where the secret of a key is that was begun and is not finished, and how that is said; None for no such."""
    if arguments.rotate and keys.begun(arguments.name) is not None:
        return keys.next_path, _under_way(keys, arguments.name)
    draft = draft_path(arguments.private_key) if arguments.new and arguments.private_key is not None else None
    if draft is None or not draft.exists():
        return None
    return draft, f"secret and private key of the new key are kept in {draft}. 新密钥的密钥串与私钥暂存于该文件"


@contextmanager
def _telling_what_is_begun(begun: Callable[[], tuple[Path, str] | None]) -> Iterator[None]:
    """However a rotation or the making of a key ends before its end, its owner hears where the new secret is."""
    try:
        yield
    except KeyboardInterrupt:
        if (found := begun()) is not None:
            _say(found[1], _GO_ON)
        raise
    except CommandError as error:
        found = begun()
        if found is None or str(found[0]) in " ".join((error.problem, *error.remedies)):
            raise
        raise CommandError(error.problem, *error.remedies, found[1], _GO_ON) from None


def chosen(keys: FirstKeys, name: str | None) -> FirstKey:
    """The first key of a person; raises CommandError with the names that there are."""
    known = _known(keys)
    for key in known:
        if key.name == name:
            return key
    names = ", ".join(f'"{key.name}"' for key in known)
    problem = "say whose key to use: --as NAME. 请指明使用谁的密钥"
    if name is not None:
        problem = f'there is no first key with the name "{name}". 没有此人的初始密钥'
    raise CommandError(problem, f"the names are {names} 可选姓名如上")


def _known(keys: FirstKeys) -> tuple[FirstKey, ...]:
    known = keys.read()
    if not known:
        raise CommandError(
            f"there are no first keys in {keys.path.parent}. 此处没有初始密钥。",
            "start the exchange once, or name its folder: --data-dir 请先启动一次，或指明其数据目录",
        )
    return known


def _make_secret(private_key: Path | None) -> int:
    secret = NewSecret.make()
    public_key = None if private_key is None else _new_pair(private_key).public_text
    print(f"secret       {secret.text}    keep it; nobody else may know it 请自行保管密钥串，勿告知他人")
    print(f"secret_hash  {secret.secret_hash}    hand this over 提交此摘要")
    if public_key is not None:
        print(f"public_key   {public_key}    hand this over too 一并提交此公钥")
    return OK


def _new_pair(path: Path) -> PrivateKey:
    """A fresh key pair whose private key is in a file that only its owner can read."""
    made = PrivateKey.generate()
    try:
        made.save(path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}. 无法写入该文件。") from None
    return made


def _taken(path: Path, remedy: str = "choose another name 请换一个文件名") -> CommandError:
    return CommandError(f"{path} is there already, and is not written over. 该文件已存在，不会覆盖。", remedy)


def _show(keys: tuple[FirstKey, ...], with_tokens: bool) -> None:
    rows = [
        (
            key.name,
            key.role,
            key.person,
            key.public_key,
            key.token if with_tokens else f"{key.token.partition('.')[0]}.…",
        )
        for key in keys
    ]
    Screen().table(("name", "role", "person", "public_key", "token"), rows, indent="")


def _action(arguments: argparse.Namespace, keys: FirstKeys) -> Action | None:
    """What to do at the exchange; None when it is only about what is in the file."""
    if arguments.revoke:
        return lambda client: _revoke(client, arguments.revoke)
    if arguments.rotate:
        return lambda client: _rotate(client, keys, arguments.name)
    return (lambda client: _make(client, arguments)) if arguments.new else None


async def _revoke(client: ExchangeClient, key: str) -> None:
    answer = await client.keys.revoke(key)
    for each in answer.revoked_keys or (key,):
        print(f"{each} is revoked 已吊销")


async def _make(client: ExchangeClient, arguments: argparse.Namespace) -> None:
    file: Path | None = arguments.private_key
    if file is None:
        made = await client.keys.make(arguments.new, _scopes(arguments), networks=_parts(arguments.networks))
        _tell_made(made.id, made.token)
        return
    draft = _draft(file)
    found = await _of_draft(client, draft)
    if found is not None:
        _refuse_another(found, arguments, draft)
    key = found.id if found is not None else await _register(client, arguments, draft)
    try:
        if not draft.is_in(file):
            draft.private_key.save(file)
    except OSError as error:
        raise CommandError(
            f"{key} is made, but {file} cannot be written: {reason_of(error)}. 密钥已生成，但无法写入该文件。"
        ) from None
    _tell_made(key, draft.secret.token(key))
    draft.path.unlink()


def _scopes(arguments: argparse.Namespace) -> list[str]:
    return [scope.upper() for scope in _parts(arguments.scopes)]


async def _register(client: ExchangeClient, arguments: argparse.Namespace, draft: Draft) -> str:
    """Have the key made; a draft that was refused is taken away, since it is only a secret that nobody needs."""
    try:
        made = await client.keys.make(
            arguments.new,
            _scopes(arguments),
            public_key=draft.public_key,
            networks=_parts(arguments.networks),
            secret=draft.secret,
        )
    except ExchangeProblem as problem:
        if problem.code in _MADE_AFTER_ALL and draft.is_resumed and await _of_draft(client, draft) is None:
            raise _of_another(arguments.name, draft) from None
        if problem.status < _SERVER_ERRORS and problem.code not in _MADE_AFTER_ALL:
            draft.path.unlink()
        raise
    return made.id


def _of_another(name: str, draft: Draft) -> CommandError:
    """The key of this draft is made, and is not this person's: going on would end here each time."""
    return CommandError(
        f"a key was made of {draft.path} already, and it is none of {name}'s. 由此已生成密钥，但不属于此人。",
        "if that call was another person's, give it again as it was, with their --as 如属他人的命令，请由其按原 --as "
        "重新执行",
        f"or remove {draft.path}, and give this command again for a new key 否则请删除该文件后重新执行，以新建密钥",
    )


def _tell_made(key: str, token: str) -> None:
    print(f"{key} is made; its token is shown this once 令牌仅显示一次：\n{token}", flush=True)


def _draft(file: Path) -> Draft:
    """Secret and private key in a file beside, those of a call that was cut off where there are such."""
    if file.exists() and not draft_path(file).exists():
        raise _taken(file)
    with telling(file):
        draft = Draft.of(file, "")
    if file.exists() and not draft.is_in(file):
        remedy = f"move it away: the private key in {draft.path} is to be there 请先移走该文件，此处须写入暂存的私钥"
        raise _taken(file, remedy)
    if draft.is_resumed:
        print(f"going on with the key in {draft.path} 接着使用上次生成的密钥", file=sys.stderr, flush=True)
    return draft


async def _of_draft(client: ExchangeClient, draft: Draft) -> Key | None:
    """The key that a call which was cut off has made of the draft; None when the exchange never got it."""
    if not draft.is_resumed:
        return None
    found = [key async for key in client.keys.own() if key.public_key == draft.public_key]
    return found[0] if found else None


def _refuse_another(found: Key, arguments: argparse.Namespace, draft: Draft) -> None:
    """What was asked for now may be another key than the one that the call which was cut off has made: one for less
    would come as a surprise later, and one for more, or that is good for nothing, is worse.
    """
    made = " and ".join(str(path) for path in (draft.path, arguments.private_key) if path.exists())
    if found.revoked or found.replaced_by is not None:
        raise CommandError(
            f"{found.id}, which was made of {draft.path}, is revoked or replaced. 由此生成的密钥已吊销或轮换。",
            f"remove {made}, and give the same command again for a new key 请删除后重新执行，以新建密钥",
        )
    if _terms(found.label, found.scopes, found.networks) == _terms(
        arguments.new, _scopes(arguments), _parts(arguments.networks)
    ):
        return
    scopes, networks = ",".join(found.scopes), ",".join(found.networks)
    like_it = f"--new {shlex.quote(found.label)} --scopes {scopes}" + (f" --networks {networks}" if networks else "")
    raise CommandError(
        f"{found.id}, which was made of {draft.path}, is another key than this one. 由此生成的密钥与本次所求不同。",
        f"go on with it: {like_it} 如需该密钥，请照此执行",
        f"or revoke it, remove {made}, and give the same command again: --revoke {found.id}"
        " 否则请吊销该密钥、删除该文件后重新执行",
    )


def _terms(label: str, scopes: Iterable[str], networks: Sequence[str]) -> tuple[str, set[str], tuple[str, ...]]:
    """What a key is for, in one spelling; networks that are none stay as they were written, and fit no key."""
    read = AddressList.read(networks)
    return label, set(scopes), tuple(networks) if isinstance(read, AddressFault) else read.texts


async def _rotate(client: ExchangeClient, keys: FirstKeys, name: str) -> None:
    """Replace a first key, and write the new one over it; the old one is good for an hour more.

    Secret and private key are in a file before the exchange is asked. Whatever ends this in between, the next call
    finds them there and out what came of it, and goes on.
    """
    old, new = chosen(keys, name), keys.begun(name)
    if new is not None:
        print(f"going on with the rotation in {keys.next_path}, which was cut off 接着完成上次中断的轮换", flush=True)
    made = None if new is None else await _replacement(client, keys, old, new)
    if new is None:
        pair = PrivateKey.generate()
        fresh = NewSecret.make().text
        new = replace(old, secret=fresh, private_key=pair.text, public_key=pair.public_text, token="")
        keys.begin(new)
    if made is None:
        made = await _replaced(client, keys, new)
    keys.put(replace(new, token=NewSecret(new.secret).token(made)))
    before = old.token.partition(".")[0]
    print(f"{made} replaces {before}, which is good for an hour from then on 已轮换，旧密钥自轮换起一小时内仍有效")
    print(f"it is in {keys.path}")


async def _replaced(client: ExchangeClient, keys: FirstKeys, new: FirstKey) -> str:
    """Have the key replaced. What was refused outright has made nothing, so nothing is left of it: a later call that
    went on with it would end there each time.
    """
    try:
        return (await client.keys.rotate(public_key=new.public_key, secret=NewSecret(new.secret))).id
    except ExchangeProblem as problem:
        if problem.status >= _SERVER_ERRORS or problem.code in (*_MADE_AFTER_ALL, _SENT_TWICE):
            raise
        keys.forget(new.name)
        if problem.code in _NO_LONGER_GOOD:
            raise _no_longer_good(keys, new) from None
        raise


def _no_longer_good(keys: FirstKeys, person: FirstKey) -> CommandError:
    before = chosen(keys, person.name).token.partition(".")[0]
    return CommandError(
        f"{before} is no good here: it was revoked or replaced, has expired, or is not for this exchange or network. "
        "该密钥在此无效：已吊销、已更换、已到期，或不适用于此交易所或网络。",
        "nothing was made, and nothing is left of this rotation 未生成任何密钥，本次轮换未留下任何内容",
        f"where {person.name} has another key, write its token, private_key and public_key into {keys.path}"
        " 本人另有密钥的，请将其令牌与密钥对写入该文件",
        f"else two others of the staff enter a new one for {person.person}: KEY_REPLACEMENT (docs/OPERATIONS.md)"
        " 否则请由另两名人员以 KEY_REPLACEMENT 申请登记新密钥",
    )


async def _replacement(client: ExchangeClient, keys: FirstKeys, old: FirstKey, new: FirstKey) -> str | None:
    """The key that a rotation which was cut off has made; None when the exchange never got it."""
    before = old.token.partition(".")[0]
    try:
        own = {key.id: key async for key in client.keys.own()}
    except UnauthorisedError:
        raise CommandError(
            f"a rotation of {before} was cut off, and {before} is no longer good. 轮换中断，且旧密钥已失效。",
            f"what replaces it is in {keys.next_path}, without its id 新密钥在该文件中，尚缺编号",
            f"let another person of the staff look the id up: GET /v1/keys?person={old.person}, replaced_by of {before}"
            " 请另一工作人员查得编号",
            f"then write <id>.<secret> as its token, and the whole of it into {keys.path} 补全后写入该文件",
            f"where replaced_by is null, {before} was revoked and the new key never made: remove {keys.next_path}, or"
            f" only {old.name} where others are in it, and give the same command again for what to do then"
            " replaced_by 为 null 的，旧密钥已吊销，新密钥并未生成：请删除该文件（另有他人的只删此人一项），"
            "再执行同一命令，将提示如何处理",
        ) from None
    made = own[before].replaced_by
    if made is not None and own[made].public_key != new.public_key:
        # Its id with our secret would be a token that opens nothing.
        keys.forget(old.name)
        raise CommandError(
            f"{before} was replaced by {made}, which this rotation has not made. "
            "该密钥已由另一密钥更换，并非本次轮换所生成。",
            f"write the token, private_key and public_key of {made} into {keys.path}"
            " 请将该密钥的令牌与密钥对写入该文件",
        )
    return made


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


async def _over_http(url: str, origin: str | None, key: FirstKey, action: Action) -> int:
    private_key = PrivateKey.read(key.private_key)
    language = language_of(os.environ)
    async with ExchangeClient(url, key.token, language, private_key=private_key, origin=origin) as client:
        try:
            await action(client)
        except ClientError as error:
            raise at_the_exchange(error, url) from None
    return OK
