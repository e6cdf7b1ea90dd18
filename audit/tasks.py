"""What the clock does for the trail."""

from audit import checking, trail
from audit.bundles import keeping
from audit.models import Bundle, Verification

# name, function, cron line
SCHEDULES = [
    ("seal the trail", "audit.tasks.seal_trail", "* * * * *"),
    ("verify the trail", "audit.tasks.verify_nightly", "20 2 * * *"),
    ("go on with bundles that broke off", "audit.tasks.go_on_with_bundles", "* * * * *"),
    ("remove old bundles", "audit.tasks.sweep_bundles", "20 4 * * *"),
]


def seal_trail() -> str:
    """Seal what is unsealed and say what was done; safe to run twice, or by two workers at once."""
    seal = trail.seal()
    return f"{seal} covers {seal.events} events" if seal else "nothing to seal"


def verify(pk: int) -> str:
    """Do the verification that somebody asked for, and say what was found."""
    return _said(Verification.objects.get(pk=pk))


def verify_nightly() -> str:
    """Verify the book, unless somebody's verification is under way, and say what was found."""
    begun = checking.begin(by="system:clock", queue=False)
    return _said(begun) if begun.alive_at is None else f"{begun} is under way"


def write_bundle(bundle_id: int) -> None:
    """Write a bundle that somebody asked for."""
    keeping.work_on(Bundle.objects.get(pk=bundle_id))


def go_on_with_bundles() -> int:
    """Queue the bundles that wait, or whose worker was killed, and return how many."""
    return keeping.go_on()


def sweep_bundles() -> int:
    """Remove the files of bundles that are past their days, and return how many."""
    return keeping.sweep()


def _said(verification: Verification) -> str:
    verdict = checking.work_on(verification)
    if verdict is None:
        return f"{verification} had ended"
    return f"intact: {verdict.events} events" if verdict.intact else f"broken: {verdict.first_broken}"
