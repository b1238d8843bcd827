"""Ways to count a tonne twice, each by name: what was tried in the world, and what nobody shall do here.

An attempt is data (:mod:`.attempts`): how the market stands before it, what is asked then, with which code it is
refused, which function of the core refuses it, and which guard of the database would. The catalogue has them all
(:mod:`.catalogue`), and it runs three times: as it is; with the core's guard switched off, where the database refuses
and the service stops without an answer; and with the database's guard switched off, where the core refuses. A fourth
time both are off: then the tonne is counted twice, and ``exchange audit double-count`` says so.
"""
