"""Is any tonne counted twice? A whole journal is followed event by event, and every tonne's way through it.

This is a second opinion. It shares the vocabulary of events with the exchange, and how names are folded; which step is
allowed (:mod:`.steps`) and who must agree to what (:mod:`.roles`) is written out here again, and it uses none of the
exchange's state, books, ledger or guards. What it finds is what the log alone shows. The tables of a database are asked
by SQL as a third opinion (:mod:`exchange.store.double_count`), and both are compared
(:mod:`exchange.audit.double_count.comparing`).

The way to read it: :mod:`.log` reads entries and hands their events round; each department follows one question:
where tonnes come from (:mod:`.origins`, :mod:`.files`, :mod:`.sources`), how that is written (:mod:`.names`), where
they stand (:mod:`.places`), what they were used for (:mod:`.ends`) and cover (:mod:`.covers`), who brought them back
(:mod:`.returns`), what the registry said (:mod:`.statements`), what it was asked for and what was done on its word
(:mod:`.requests`), what holds them fast (:mod:`.holds`) and should (:mod:`.scopes`), what quota stands on
(:mod:`.doubts`), what was lost again (:mod:`.losses`) and replaced (:mod:`.replacements`), what the ledger says of them
(:mod:`.ledger`), who agreed (:mod:`.persons`) to what (:mod:`.choices`), and which league counts them
(:mod:`.budgets`). One finds nothing itself and only notes what tables are held against (:mod:`.beside`).
"""
