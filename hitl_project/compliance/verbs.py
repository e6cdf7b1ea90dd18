"""What the trail's verbs say in plain words, and the groups in which a list offers them."""

from __future__ import annotations

from collections.abc import Iterable

WORDS = {
    "item.submitted": "Item came in",
    "item.judged": "Item routed",
    "item.resolved": "Item decided",
    "item.asked": "Item chosen to learn from",
    "item.unasked": "Item no longer asked about",
    "item.questioned": "Item put to an expert again",
    "item.overturned": "Decision overturned",
    "item.escalated": "Item passed to an expert",
    "item.overdue": "Item overdue",
    "item.recalled": "Decision taken back",
    "item.opinion_asked": "Another opinion asked for",
    "item.looked_at": "Item opened in the admin",
    "item.known": "Item marked as a known question",
    "item.restored": "Item taken over from elsewhere",
    "item.erased": "Item's content erased",
    "review.submitted": "Person answered",
    "review.corrected": "Person corrected their answer",
    "review.restored": "Answer taken over from elsewhere",
    "label.imported": "Label imported",
    "correction.noted": "Correction kept to be used again",
    "correction.ended": "Correction no longer used",
    "feedback.received": "Feedback from production",
    "flag.raised": "Label doubted",
    "flag.settled": "Doubt settled",
    "flag.looked_at_again": "Doubted label looked at again",
    "gold.planted": "Known question asked",
    "gold.answered": "Known question answered",
    "seed.planted": "Deliberate error planted",
    "seed.answered": "Deliberate error answered",
    "policy.published": "Policy put in force",
    "policy.proposed": "Policy proposed",
    "policy.refused": "Policy refused",
    "model.added": "Model made",
    "model.registered": "Model registered",
    "model.promoted": "Model put in force",
    "model.retired": "Model retired",
    "model.noted": "Model's card changed",
    "model.examined": "Model examined",
    "model.shadow_began": "Model began to answer unseen",
    "model.shadow_ended": "Model's unseen trial ended",
    "certificate.begun": "Certificate begun",
    "certificate.fed": "Checks fed to a certificate",
    "certificate.passed": "Items passed under a certificate",
    "certificate.ended": "Certificate ended",
    "certificate.contradicted": "Certificate contradicted",
    "agreement.measured": "Agreement between people measured",
    "proof.made": "Chosen labels compared with random ones",
    "user.signed_in": "Signed in",
    "user.signed_out": "Signed out",
    "user.sign_in_refused": "Sign-in refused",
    "user.password_changed": "Password changed",
    "user.invited": "Person invited",
    "user.reset_link_made": "Link for a new password made",
    "user.arrived": "Person came through the organisation",
    "user.identity_unlinked": "Unlinked from the organisation's sign-in",
    "user.identity_linked": "Sign-in through the organisation linked",
    "user.second_factor_set_up": "Second factor set up",
    "user.second_factor_removed": "Second factor taken away",
    "user.recovery_codes_made": "Recovery codes made",
    "user.recovery_code_used": "Recovery code used",
    "user.proof_refused": "Wrong password while signed in",
    "user.session_over": "Session over",
    "user.sessions_ended": "Sessions ended",
    "key.rotated": "API key rotated",
    "user.regrouped": "Person's groups changed",
    "user.imported": "Person taken over from elsewhere",
    "reviewer.paused": "Person paused",
    "reviewer.resumed": "Person let go on",
    "key.created": "API key made",
    "key.revoked": "API key revoked",
    "export.started": "Export begun",
    "export.ended": "Export ended",
    "import.started": "Import begun",
    "import.ended": "Import ended",
    "import.kept": "File sent for an import",
    "a2i.imported": "Conditions of Amazon A2I taken in",
    "delivery.parked": "Message to a client given up",
    "delivery.resent": "Message to a client sent again",
    "filter.saved": "Search kept",
    "filter.changed": "Kept search changed",
    "filter.deleted": "Kept search deleted",
    "trail.exported": "Events of the trail exported",
    "checkpoint.signed": "Checkpoint signed",
    "checkpoint.anchored": "Checkpoint brought elsewhere",
    "trail.verification_asked": "Verification asked for",
    "trail.verified": "Trail verified",
    "bundle.asked": "Bundle asked for",
    "bundle.ready": "Bundle ready",
    "bundle.fetched": "Bundle fetched",
    "story.read": "Story with personal data read",
    "hold.placed": "Legal hold placed",
    "hold.lifted": "Legal hold lifted",
    "erasure.asked": "Erasure asked for",
    "erasure.ended": "Erasure done",
    "appeal.opened": "Decision disputed",
    "appeal.decided": "Dispute decided",
    "appeal.withdrawn": "Dispute taken back",
    "access.refused": "Page refused",
    "key.refused": "API key refused",
    "user.locked_out": "Sign-in locked",
    "bundle.failed": "Bundle failed",
    "bundle.removed": "Bundle's file removed",
}
# A noun of the verbs, or of the tables that they are about, and the group in which it is offered.
GROUPS = {
    "Items": ("item", "correction", "feedback", "appeal", "story"),
    "People's answers": ("review", "label", "flag", "gold", "seed", "goldenexample"),
    "Rules and policies": ("policy", "rule", "a2i", "itemtype", "queue", "certificate", "proposal", "target"),
    "Models": ("model", "modelversion", "learningplan", "proof", "ml_backend", "plan", "drift"),
    "People and keys": ("user", "reviewer", "group", "key", "apikey", "access"),
    "Privacy": ("erasure", "hold", "subjectrights"),
    "The book": ("trail", "checkpoint", "bundle", "filter", "seal", "export"),
}
ELSE = "Everything else"
DONE = {"added": "added", "created": "made", "changed": "changed", "deleted": "deleted", "removed": "removed"}
NOUNS = {
    "itemtype": "Item type",
    "apikey": "API key",
    "subjectrights": "Subjects' rights",
    "learningplan": "Learning plan",
    "modelversion": "Model",
    "user": "Person",
    "legalhold": "Legal hold",
    "goldenexample": "Golden example",
    "ml_backend": "ML backend",
}


def in_words(verb: str) -> str:
    """Return a verb of the trail as a person would say it; one that has no words of its own is spelt out."""
    if verb in WORDS:
        return WORDS[verb]
    noun, _, act = verb.partition(".")
    said = NOUNS.get(noun, noun.replace("_", " ").capitalize())
    return f"{said} {DONE.get(act, act.replace('_', ' '))}".strip()


def thing(subject_type: str) -> str:
    """Return what a subject's type is called, from its table's name: `routing.item` is an item."""
    noun = subject_type.rpartition(".")[2]
    return NOUNS.get(noun, noun.replace("_", " ").capitalize())


def grouped(verbs: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the verbs with their words, in the order of the words, by group; empty groups are left out."""
    by_noun = {noun: group for group, nouns in GROUPS.items() for noun in nouns}
    found: dict[str, list[tuple[str, str]]] = {group: [] for group in (*GROUPS, ELSE)}
    for verb in verbs:
        found[by_noun.get(verb.partition(".")[0], ELSE)].append((verb, in_words(verb)))
    return [(group, sorted(rows, key=lambda row: row[1])) for group, rows in found.items() if rows]
