"""What the pages say must be true: tests that find a page that the code has left behind.

As with the house rules, a check is a function from text to findings with two tests: one on the pages, which must be
clean, and one on a small text that must be found.
"""
