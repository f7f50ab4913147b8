"""The demo county: made-up children with histories, accounts to log in with, sample scans to read."""

from service.demo.county import Account
from service.demo.seeding import DemoCounty, seed

__all__ = ["Account", "DemoCounty", "seed"]
