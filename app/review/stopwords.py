"""Words of any project: they name no thing of this one."""

from __future__ import annotations

COMMON_WORDS = """
about above accuracy achieve action actions after all also always analysis and any anyone
approach are as at based because been before being below best better both business but can
cannot case cases change clear company could customer customers data decide decided decides
decision decisions did does doing done each either else ensure error errors even ever every
everyone example fast few first follow for from further future general get gets give given goal
goals good great group had has have help her here high his how important improve into issue
issues its just know known large later learning less like look machine made make makes manner
many may means measure metric metrics model models more most must need needed needs never new
next not nothing now off often old one only open operations other others our out outcome over
owner part people performance person plan point possible predict predicted prediction
predictions problem process product project quality quick quickly real reason result results
right risk same say says see service set she should show simple since small solution some
someone something soon stakeholder stakeholders step still such support system systems take team
teams than that the their them then there these they thing things this those through time too
under until update use used user users using value very was watch way ways we well were what
when where whether which while who will with within without work works would wrong you your
"""
COMMON = frozenset(COMMON_WORDS.split())
NUMBERS = "two three four five six seven eight nine ten twelve half twice thousand"
NUMBER_WORDS = frozenset(NUMBERS.split())
