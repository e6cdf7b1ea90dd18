"""Agents that ask before they act: the approval as an item, the answer as a HumanResponse, in time or not."""
