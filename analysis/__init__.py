"""Survey estimation: numbers in, estimates out.

Standard library, numpy and scipy only; knows no survey, no database and no web.
Proportions are 0–1 everywhere.  Nothing is rounded here.
"""

__version__ = "0.1"
