"""Conditions and responses for tests of what comes from Amazon A2I."""


def key(name="Pay Date", *aliases, **bounds):
    """Return an ImportantFormKeyConfidenceCheck."""
    given = {"ImportantFormKey": name, "ImportantFormKeyAliases": list(aliases), **bounds}
    return {"ConditionType": "ImportantFormKeyConfidenceCheck", "ConditionParameters": given}


def missing(name, *aliases):
    """Return a MissingImportantFormKey."""
    given = {"ImportantFormKey": name, "ImportantFormKeyAliases": list(aliases)}
    return {"ConditionType": "MissingImportantFormKey", "ConditionParameters": given}


def label(name, **bounds):
    """Return a ModerationLabelConfidenceCheck."""
    given = {"ModerationLabelName": name, **bounds}
    return {"ConditionType": "ModerationLabelConfidenceCheck", "ConditionParameters": given}


def sampling(percent):
    """Return a Sampling."""
    return {"ConditionType": "Sampling", "ConditionParameters": {"RandomSamplingPercentage": percent}}
