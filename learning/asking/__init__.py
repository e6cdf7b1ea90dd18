"""Whom to ask about what: the pool, the picks of a strategy, and the seats that follow."""
