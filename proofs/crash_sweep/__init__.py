"""Five faults at every call of every adapter in a week of every flow: same rows, same mails."""
