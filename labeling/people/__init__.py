"""How good people are: known questions, skill, agreement, and what moves them."""
