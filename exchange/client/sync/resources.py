"""The resources of the API with blocking calls: what each method does is told by the asynchronous one that it names.

A test sees to it that none is missing.
"""

from __future__ import annotations

from exchange.client.resources import (
    agreements,
    approvals,
    audit,
    budgets,
    cash,
    encumbrances,
    imports,
    market,
    orders,
    people,
    projects,
    units,
    uses,
)
from exchange.client.sync.background import Face, blocking, iterating


class Venue(Face[market.Venue]):
    """The venue itself; reading needs no key, halting and ending the day needs the operator's."""

    status = blocking(market.Venue.status)
    rulebook = blocking(market.Venue.rulebook)
    halt = blocking(market.Venue.halt)
    end_of_day = blocking(market.Venue.end_of_day)


class Instruments(Face[market.Instruments]):
    """Instruments, their books and their public trades."""

    every = iterating(market.Instruments.every)
    get = blocking(market.Instruments.get)
    book = blocking(market.Instruments.book)
    tape = iterating(market.Instruments.tape)
    candles = iterating(market.Instruments.candles)
    list_new = blocking(market.Instruments.list_new)
    halt = blocking(market.Instruments.halt)


class Members(Face[people.Members]):
    """The public member list."""

    every = iterating(people.Members.every)


class Participants(Face[people.Participants]):
    """Firms and the persons who trade for them."""

    admit = blocking(people.Participants.admit)
    every = iterating(people.Participants.every)
    get = blocking(people.Participants.get)


class People(Face[people.People]):
    """Who acts for whom."""

    every = iterating(people.People.every)
    me = blocking(people.People.me)


class Keys(Face[people.Keys]):
    """API keys."""

    make = blocking(people.Keys.make)
    rotate = blocking(people.Keys.rotate)
    revoke = blocking(people.Keys.revoke)
    own = iterating(people.Keys.own)
    of = iterating(people.Keys.of)


class Deposits(Face[cash.Deposits]):
    """Money that came in (operator)."""

    credit = blocking(cash.Deposits.credit)


class Cash(Face[cash.Cash]):
    """The own account."""

    account = blocking(cash.Cash.account)
    withdraw = blocking(cash.Cash.withdraw)


class Accounts(Face[cash.Accounts]):
    """The venue's own accounts (staff)."""

    all = blocking(cash.Accounts.all)


class Proposals(Face[approvals.Proposals]):
    """Propose, approve by another person, or reject."""

    propose = blocking(approvals.Proposals.propose)
    approve = blocking(approvals.Proposals.approve)
    reject = blocking(approvals.Proposals.reject)
    get = blocking(approvals.Proposals.get)
    every = iterating(approvals.Proposals.every)


class Projects(Face[projects.Projects]):
    """Where units come from."""

    every = iterating(projects.Projects.every)
    get = blocking(projects.Projects.get)
    facilities = iterating(projects.Projects.facilities)


class Units(Face[units.Units]):
    """What was issued, what is admitted here, and where each serial of it stands."""

    holdings = iterating(units.Units.holdings)
    issuances = iterating(units.Units.issuances)
    lots = iterating(units.Units.lots)
    lot = blocking(units.Units.lot)
    parcels = iterating(units.Units.parcels)
    transitions = blocking(units.Units.transitions)
    ask_lock = blocking(units.Units.ask_lock)


class RegistryRequests(Face[uses.RegistryRequests]):
    """What the national registry was asked."""

    every = iterating(uses.RegistryRequests.every)
    get = blocking(uses.RegistryRequests.get)


class Uses(Face[uses.Uses]):
    """One tonne serves one purpose, once."""

    propose = blocking(uses.Uses.propose)
    replace = blocking(uses.Uses.replace)
    every = iterating(uses.Uses.every)
    get = blocking(uses.Uses.get)
    certificate = blocking(uses.Uses.certificate)


class Releases(Face[uses.Releases]):
    """Units on their way to the national market."""

    propose = blocking(uses.Releases.propose)
    call_off = blocking(uses.Releases.call_off)
    every = iterating(uses.Releases.every)
    get = blocking(uses.Releases.get)


class Encumbrances(Face[encumbrances.Encumbrances]):
    """What holds units fast."""

    set = blocking(encumbrances.Encumbrances.set)
    every = iterating(encumbrances.Encumbrances.every)
    get = blocking(encumbrances.Encumbrances.get)
    units = iterating(encumbrances.Encumbrances.units)
    reversals = iterating(encumbrances.Encumbrances.reversals)
    reversal = blocking(encumbrances.Encumbrances.reversal)


class Imports(Face[imports.Imports]):
    """Files of units."""

    upload = blocking(imports.Imports.upload)
    every = iterating(imports.Imports.every)
    get = blocking(imports.Imports.get)
    rows = iterating(imports.Imports.rows)


class Budgets(Face[budgets.Budgets]):
    """Plans of the region and its leagues."""

    every = iterating(budgets.Budgets.every)
    obligations = iterating(budgets.Budgets.obligations)
    offset_cap = blocking(budgets.Budgets.offset_cap)
    league_report = blocking(budgets.Budgets.league_report)
    league_report_csv = iterating(budgets.Budgets.league_report_csv)


class Orders(Face[orders.Orders]):
    """Place, change and cancel orders, and read the own ones."""

    place = blocking(orders.Orders.place)
    buy = blocking(orders.Orders.buy)
    sell = blocking(orders.Orders.sell)
    amend = blocking(orders.Orders.amend)
    cancel = blocking(orders.Orders.cancel)
    batch = blocking(orders.Orders.batch)
    cancel_all = blocking(orders.Orders.cancel_all)
    cancel_all_of = blocking(orders.Orders.cancel_all_of)
    cancel_after = blocking(orders.Orders.cancel_after)
    deadline = blocking(orders.Orders.deadline)
    get = blocking(orders.Orders.get)
    every = iterating(orders.Orders.every)
    history = iterating(orders.Orders.history)


class Trades(Face[orders.Trades]):
    """Own trades."""

    every = iterating(orders.Trades.every)


class Feed(Face[orders.Feed]):
    """The own event feed: gap-free, in journal order."""

    after = blocking(orders.Feed.after)
    every = iterating(orders.Feed.every)


class Agreements(Face[agreements.Agreements]):
    """Trades that two parties agreed; the total is agreed, the unit price follows from it."""

    propose = blocking(agreements.Agreements.propose)
    affirm = blocking(agreements.Agreements.affirm)
    decline = blocking(agreements.Agreements.decline)
    confirm = blocking(agreements.Agreements.confirm)
    get = blocking(agreements.Agreements.get)
    every = iterating(agreements.Agreements.every)


class Audit(Face[audit.Audit]):
    """Reads for auditor, regulator and operator."""

    trades = iterating(audit.Audit.trades)
    orders = iterating(audit.Audit.orders)
    agreements = iterating(audit.Audit.agreements)
    trades_csv = iterating(audit.Audit.trades_csv)
    orders_csv = iterating(audit.Audit.orders_csv)
    agreements_csv = iterating(audit.Audit.agreements_csv)
    refusals = iterating(audit.Audit.refusals)
    reads = iterating(audit.Audit.reads)
    ledger = iterating(audit.Audit.ledger)
    movements = iterating(audit.Audit.movements)
    holders = iterating(audit.Audit.holders)
    tenures = iterating(audit.Audit.tenures)
    tenures_csv = iterating(audit.Audit.tenures_csv)
    steps = iterating(audit.Audit.steps)
    journal = blocking(audit.Audit.journal)
    entries = iterating(audit.Audit.entries)
