"""Where the departments meet: one file per command family.

Every handler has two halves. The first checks and returns a :class:`Refusal` if anything is wrong; then stands one
fixed comment line, and below it nothing may fail any more.
"""
