"""A storm: thousands of unhappy voices within an hour, through the handlers."""
