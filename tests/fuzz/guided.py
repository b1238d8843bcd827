"""One target under Atheris: `python -m tests.fuzz.guided strict_json --runs 200000 --seed 1`.

Atheris watches which lines a text reaches and changes those that reached new ones. It takes over its process, so each
target has one of its own. The corpus begins with good examples, or the search would have to invent them.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any

atheris: Any = importlib.import_module("atheris")  # not everywhere, so no checker may ask for it

with atheris.instrument_imports(
    include=["exchange.api.decoder", "exchange.core", "exchange.access", "exchange.registry"]
):
    from tests.fuzz.targets import TARGETS

from tests.fuzz.examples import EXAMPLES  # noqa: E402  after what is instrumented


def main() -> None:
    """Run one target; the process ends with 0, or with libFuzzer's own code and the bytes that broke a rule."""
    parser = argparse.ArgumentParser(prog="guided", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        for n, example in enumerate(EXAMPLES[arguments.target]()):
            (Path(folder) / str(n)).write_bytes(example)
        options = [f"-runs={arguments.runs}", f"-seed={arguments.seed}", "-max_len=4096", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], folder, f"-artifact_prefix={folder}/", *options], TARGETS[arguments.target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
