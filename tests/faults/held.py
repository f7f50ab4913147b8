"""A supervisor in a process of its own, so that a test can kill it."""

from service.supervisor import Supervisor
from tests.faults.processes import SLEEPY

if __name__ == "__main__":
    Supervisor({"worker": ("workers", "--reader", SLEEPY)}, {}).run()
