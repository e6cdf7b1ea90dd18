"""Worked examples that were published, as counts (units, classes) or as tables of two people."""

import numpy as np

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C: four observers, twelve units;
# 0 is no answer. Gwet, "Handbook of Inter-Rater Reliability" (2014), uses the same answers.
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
)
OBSERVED = np.array([[(unit == one).sum() for one in range(1, 6)] for unit in OBSERVERS.T], dtype=float)

# Fleiss, "Measuring nominal scale agreement among many raters" (1971): six psychiatrists, thirty patients.
DIAGNOSES = np.array(
    [
        [int(digit) for digit in row]
        for row in [
            "00060",
            "03003",
            "01401",
            "00006",
            "03030",
            "20400",
            "00402",
            "20310",
            "20040",
            "00006",
            "10050",
            "11040",
            "03300",
            "10050",
            "02031",
            "00501",
            "30012",
            "51000",
            "02040",
            "10203",
            "00006",
            "01050",
            "02013",
            "20040",
            "10041",
            "05010",
            "40002",
            "02040",
            "10500",
            "00006",
        ]
    ],
    dtype=float,
)

# Cohen, "Weighted kappa" (1968), of Cohen (1960): two people, 200 cases, and how bad each difference is.
TWO_JUDGES = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
HOW_BAD = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])


def of_two(prevalence, right=0.95, units=10_000):
    """Return counts of two people who are right so often, each on their own, where a class is so frequent."""
    both = [prevalence * right**2 + (1 - prevalence) * (1 - right) ** 2]
    both.append(prevalence * (1 - right) ** 2 + (1 - prevalence) * right**2)
    table = np.array([[2, 0], [0, 2], [1, 1]], dtype=float)
    return np.repeat(table, np.round(np.array([*both, 1 - sum(both)]) * units).astype(int), axis=0)
