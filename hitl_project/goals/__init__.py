"""The customer's targets: what each figure is, what it is now, and whether it is what was promised."""
