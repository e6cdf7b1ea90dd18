"""What the customer's documents ask of people, under the names by which these figures have targets."""

AGREEMENT, VALIDATION = "agreement", "expert_validation"
AGREED, VALIDATED = 0.85, 0.95
