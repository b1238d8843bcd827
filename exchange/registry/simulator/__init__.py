"""A national registry to try everything with: a process of its own, with a store, a key and serials of its own.

It is no mock. Its state is consistent: it knows which account has which serials, locks a serial once, cancels it for
ever, does each request once, and all of that survives ``kill -9``. Only then come its faults, which are switched on by
name and drawn from a seed: it answers late or never, it is down, it says things twice and in another order, it breaks
off after it has done the work, and it lies (:mod:`exchange.registry.simulator.faults`).
"""
