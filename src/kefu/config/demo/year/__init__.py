"""The big demo: a believable year of a chain, lived by as many customers as wanted.

Every customer's life, every desk's routine and every event of the house is a course of action that runs beside the others on one
simulated clock. Each step is an action of the modules; nothing is written past them.
"""

from kefu.config.demo.year.building import Played, build

__all__ = ["Played", "build"]
