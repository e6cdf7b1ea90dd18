"""What an answer does: stored, settled, concluded from, corrected."""
