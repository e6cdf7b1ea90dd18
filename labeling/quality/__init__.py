"""Automated checks of what people said, and the second look at what they find doubtful."""
