"""The tests of the exchange, from table scenarios to killed processes; pytest finds them from here."""
