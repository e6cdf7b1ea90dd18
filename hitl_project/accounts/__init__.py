"""Who may come in: signing in and out, second factors, invitations, sessions, and one's own account."""
