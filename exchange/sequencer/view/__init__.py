"""The departments of the committed view: what readers may see, folded from the events of committed entries alone.

What never changes is kept as the event that told it; what changes has a row in :mod:`exchange.sequencer.view.rows`.
Readers get the rows themselves and must not change them.
"""
