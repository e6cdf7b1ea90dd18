"""The review pages: what a person sees, presses and is told."""
