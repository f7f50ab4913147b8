"""Taking files in: a receipt only when the bytes are safe and their reading is queued."""

from service.intake.bundle import Outcome, receive_any
from service.intake.receipts import Receipt, Refused, clean_name, receive

__all__ = ["Outcome", "Receipt", "Refused", "clean_name", "receive", "receive_any"]
