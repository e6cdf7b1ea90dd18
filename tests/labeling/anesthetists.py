"""Forty-five patients as graded by five anaesthetists, the first of them three times.

Table 1 of Dawid and Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm",
Applied Statistics 28 (1979); below what their tables 2 and 4 give for it.
"""

import numpy as np

from labeling.consensus.votes import Votes

GRADES = """
111 1 1 1 1|333 4 3 3 4|112 2 1 2 2|222 3 1 2 1|222 3 2 2 2|222 3 3 2 2|122 2 1 1 1|333 3 4 3 3|222 2 2 2 3
232 2 2 2 3|444 4 4 4 4|222 3 3 4 3|111 1 1 1 1|222 3 2 1 2|121 1 1 1 1|111 2 1 1 1|111 1 1 1 1|111 1 1 1 1
222 2 2 2 1|222 1 3 2 2|222 2 2 2 2|222 2 2 2 1|222 3 2 2 2|221 2 2 2 2|111 1 1 1 1|111 1 1 1 1|232 2 2 2 2
111 1 1 1 1|111 1 1 1 1|112 1 1 2 1|111 1 1 1 1|333 3 2 3 3|111 1 1 1 1|222 2 2 2 2|222 3 2 3 2|433 4 3 4 3
221 2 2 3 2|232 3 2 3 3|333 3 4 3 2|111 1 1 1 1|111 1 1 1 1|121 2 1 1 1|232 2 2 2 2|121 1 1 1 1|222 2 2 2 2
"""
PATIENTS = [patient for line in GRADES.split("\n") if line for patient in line.split("|")]

RATES = [0.40, 0.42, 0.11, 0.07]
FIRST_OBSERVER = [[0.89, 0.11, 0, 0], [0.07, 0.88, 0.05, 0], [0, 0.34, 0.66, 0], [0, 0, 0.56, 0.44]]


def votes() -> Votes:
    """Return the 315 grades as votes, grade 1 being class 0."""
    rows = [
        (patient, observer, int(grade) - 1)
        for patient, line in enumerate(PATIENTS)
        for observer, cell in enumerate(line.split())
        for grade in cell
    ]
    return Votes(*np.array(rows).T, len(PATIENTS), 5, 4)
