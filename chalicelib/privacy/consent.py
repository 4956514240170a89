"""What a business may do with what its customers say: purpose by purpose, on which ground.

The owner writes the grounds into heedful.toml; they are stored with the business, shown in every
export, and asked here before anything is done.
"""

from chalicelib.domain.business import Business, LegalBasis, Purpose
from chalicelib.domain.feedback import Feedback


def may_process(business: Business, purpose: Purpose, feedback: Feedback) -> bool:
    """Whether this feedback may be used for that: never where the purpose is off, and where it
    rests on consent only with the customer's own."""
    match business.privacy.basis_of(purpose):
        case LegalBasis.OFF:
            return False
        case LegalBasis.CONSENT:
            return feedback.has_consent
        case _:
            return True
