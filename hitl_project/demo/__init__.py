"""The demonstration: the whole loop on 1,797 handwritten digits, with simulated reviewers."""
