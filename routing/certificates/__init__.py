"""Certificates in the database: fed from answers, proposed as policies, watched, rebuilt."""
