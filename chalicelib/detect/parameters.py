"""The detector's numbers. Chosen on the simulator of benchmarks/detection, nowhere else.

One set serves every volume from two feedbacks a week to thirty a day; docs/detection.md says what
each costs and what it buys.
"""

SECONDS_A_DAY = 86_400

# Evidence ------------------------------------------------------------------------------------
# A probability of 0 or 1 would let one feedback decide; no model is that sure.
LEAST_NEGATIVE = 0.01
MOST_NEGATIVE = 0.99
# Sites publish late: what was written this long before the look that missed it is still news.
LATE_PUBLISHING_DAYS = 3.0
# What is older says nothing about today, however long the outage was.
OLDEST_EVIDENCE_DAYS = 35.0

# What is usual -------------------------------------------------------------------------------
# Before anything is known 15 % are taken to be negative, with the weight of eight feedbacks.
FIRST_SHARE = 0.15
FIRST_WEIGHT = 8.0
# A source borrows from all sources, and a group from its sources, with the weight of ten.
BORROWED_WEIGHT = 10.0
LEAST_SHARE = 0.01
MOST_SHARE = 0.9
# The newest feedbacks do not count as usual yet: a spike must not teach that it is normal.
LAG = 20
# What is usual is forgotten with this half-life, or 200 feedbacks' worth of days if longer.
USUAL_HALF_LIFE_DAYS = 45.0
USUAL_HALF_LIFE_FEEDBACKS = 200.0
# Standard errors added to the usual share before anything counts as more.
DOUBT = 0.5
# A source that appears once the business is known teaches first and only then gives evidence.
KNOWN_BUSINESS = 40
PROBATION_SLOW = 12
PROBATION_FAST = 20
FAST_PER_DAY = 4.0

# The evidence sums ---------------------------------------------------------------------------
# The one alternative: the odds of a negative feedback are eight times the usual ones.
ODDS = 8.0
# Before each feedback a sum grows partly by the days that passed, partly by one: the more of the
# first, the less mere volume raises alarms; the more of the second, the sooner a burst is heard.
CALENDAR = 0.25
# One gap counts for at most three usual gaps, or three days: sources
# that tell the date only leave gaps of a day.
LONGEST_GAP = 3.0
LONGEST_GAP_DAYS = 3.0
# So much of the evidence is that of the whole, the rest the mean over locations and topics.
WHOLE_WEIGHT = 0.7
# A sum stops here, so that after a flood of complaints a dozen good feedbacks can end the alarm.
MOST_EVIDENCE = 1_000_000.0
MOST_GROUPS = 12
PACE_HALF_LIFE_DAYS = 28.0
# What the sums reach about once in a quiet quarter, at one feedback a day and a share of 15 %.
BUDGET = 55.0
BUDGET_PACE_POWER = 1.16
LEAST_BUDGET = 5.0

# Alarms --------------------------------------------------------------------------------------
RING = 48
FORGOTTEN = 64
SHORTEST_WINDOW = 3
LONGEST_WINDOW = 40
LEAST_NEGATIVES = 2
URGENT_SCORE = 0.94
URGENT_NEGATIVES = 3
# An alarm is over at this score, once the threshold has not been reached for two days.
RESOLVED_SCORE = -1.9
CALM_DAYS = 2.0
WORSE_BY = 3.0
COOL_DOWN_DAYS = 3.0
NEW_NORMAL_DAYS = 21.0
# At a new normal what was usual before keeps this part of its weight.
OLD_NORMAL_WEIGHT = 0.25
