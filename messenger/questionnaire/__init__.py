"""The wizard's questions as data (tree.py) and a person's walk through them (interview.py).

from messenger.questionnaire import tree
from messenger.questionnaire.interview import Interview
"""
