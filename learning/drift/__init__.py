"""Whether what arrives now is still what a model learnt from: tests, and what is done about their answer."""
