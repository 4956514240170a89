"""A storm through the handlers: what they cost beside the model, and the webhook's own speed."""
