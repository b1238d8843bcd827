"""The acts of the demo, in order; each plays through the public API and says what it does."""
