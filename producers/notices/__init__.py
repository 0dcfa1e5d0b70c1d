"""What people should know of producers, their licences and the sync; ``agentsync/wiring.py`` registers the watches."""

from producers.notices.education import EDUCATION
from producers.notices.licenses import LICENSES
from producers.notices.nightly import NIGHTLY
from producers.notices.people import PEOPLE

WATCHES = (LICENSES, EDUCATION, PEOPLE, NIGHTLY)

__all__ = ["EDUCATION", "LICENSES", "NIGHTLY", "PEOPLE", "WATCHES"]
