"""The house rules as tests: a rule that nothing checks is a wish.

Each rule is a function from source text to findings, and each has two tests: one on the tree, which must be clean,
and one on small texts that break the rule, which must be found. A rule that finds nothing because it looks at nothing
would pass for ever.
"""
