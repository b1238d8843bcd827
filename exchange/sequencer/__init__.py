"""The single writer: it alone stamps, applies, commits and answers (see :mod:`exchange.sequencer.sequencer`)."""
