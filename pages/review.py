"""Review & readiness: may it go on, and what is missing?"""

from app.ui import review

review.show()
