"""The worker: an app of its own, before django-q2, because its command has the same name."""
