"""Children and their cases: what signed-off papers and people's acts make of them."""

from service.cases.acts import Request, perform
from service.cases.filing import file_sheet, sign_off
from service.cases.opening import open_case
from service.cases.withdrawal import reopen, withdraw

__all__ = ["Request", "file_sheet", "open_case", "perform", "reopen", "sign_off", "withdraw"]
