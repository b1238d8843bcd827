"""Attempts with a stolen key, or by one person alone: what was done in thefts and frauds of other carbon markets."""

from __future__ import annotations

from exchange.core.commands.approvals import Approve
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind
from exchange.core.commands.governance import PersonRole, RegisterStaff
from exchange.core.commands.participants import RegisterTrader
from exchange.core.rejections import RejectReason as R
from exchange.core.values import Side
from tests.double_counting import careless as off
from tests.double_counting.attempts import Steps, agreed, attempt, giving
from tests.double_counting.sales import COVERED
from tests.double_counting.scene import NO_PROJECT, Scene

ANOTHER = "proposals_decided_by_another"


@attempt(R.NOT_AUTHORISED, off.ROLES, ANOTHER, source="phishing, Denmark and Germany, January 2010")
def a_release_by_a_stolen_key(scene: Scene) -> Steps:
    """Whoever has a trader's key sends the firm's units to an account elsewhere, and approves it with the same key."""
    proposal, action_hash = scene.propose(scene.release(1, 31))
    return giving(Approve(scene.trader, proposal, action_hash, ""))


@attempt(R.NOT_AUTHORISED, off.ROLES, ANOTHER, source="thefts at night, Czech Republic and Austria, January 2011")
def a_use_by_a_stolen_key(scene: Scene) -> Steps:
    """The same for a use, with nobody else in the office: quota would be gone at once."""
    proposal, action_hash = scene.propose(scene.use(scene.quota(101, 131)))
    return giving(Approve(scene.trader, proposal, action_hash, ""))


@attempt(R.SAME_PERSON, (off.FOUR_EYES,), ANOTHER, source="VAT carousel, Denmark, 2009: accounts for nobody known")
def a_trader_let_in_by_one_person(scene: Scene) -> Steps:
    """One operator lets somebody trade for a firm whom nobody else has seen."""
    stranger = RegisterTrader(scene.operator, scene.steel, "stranger", scene.new_secret_hash(), b"")
    proposal, action_hash = scene.propose(stranger)
    return giving(Approve(scene.operator, proposal, action_hash, ""))


@attempt(R.PUBLIC_KEY_USED, (off.KEY_PAIRS,), "api_keys_public_key_once", source="rule TWO-PERSONS")
def a_second_operator_with_the_first_ones_key(scene: Scene) -> Steps:
    """Whoever has one operator's private key becomes a second operator with it, and agrees to what the first wants."""
    _, mine, *_ = (key.public_key for key in scene.state.register.keys.values())
    another = RegisterStaff(scene.operator, "another", PersonRole.OPERATOR, scene.new_secret_hash(), mine)
    yield from agreed(another, scene.second)


@attempt(R.INSUFFICIENT_TONNES, off.COVER, COVERED, source="Armstrong v Winnington, [2012] EWHC 10 (Ch)")
def a_sale_of_stolen_units_by_their_buyer(scene: Scene) -> Steps:
    """Stolen units were sold on; they are frozen in the hands of their buyer, who offers them all the same."""
    scene.offer(100)
    scene.done(scene.order(scene.steel, scene.listed, Side.BUY, 100, 3_000))
    scene.done(Encumber(scene.regulator, EncumbranceKind.FREEZE, NO_PROJECT, 0, scene.forest, 1, 61, "order 10"))
    return giving(scene.order(scene.steel, scene.listed, Side.SELL, 100, 3_000))
