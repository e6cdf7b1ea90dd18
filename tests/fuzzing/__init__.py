"""The whole API thrown at by machines: what they throw, and at which world."""
