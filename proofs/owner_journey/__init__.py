"""From a demo, an owner on a phone signs in, answers an angry customer, and sees it counted."""
