"""Every public route answers what docs/openapi.yaml says, whatever it is asked."""
