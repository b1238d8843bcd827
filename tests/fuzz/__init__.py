"""The service attacked for a long time with what nobody would write by hand: `./dev fuzz`."""
