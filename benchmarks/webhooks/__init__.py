"""Hostile requests to the webhook routes: how they are answered, and how fast."""
