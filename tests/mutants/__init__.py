"""Known bugs, put into a copy of the program one at a time: a test must notice each, or a test is missing.

``python -m tests.mutants`` (= ``./dev mutants``) does it; ``python -m tests.mutants hold fee`` only those whose names
contain one of the words. The bugs are data, in the TOML files of this folder: which text of which file becomes which
other text, and what a trader would see of it. The golden vectors do not take part: they notice any change, and what is
asked here is whether a test notices that something is *wrong*.
"""
