"""``python -m exchange``: the command line."""

from exchange.cli import main

if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:  # before or after a command ran; while it does, `main` sees to it
        raise SystemExit(130) from None
