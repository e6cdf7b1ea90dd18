"""Amazon A2I: its activation conditions as rules, and its words for what came of them."""
