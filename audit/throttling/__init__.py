"""How many requests a minute a key, a person or an address may send."""
