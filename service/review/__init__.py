"""Review: people decide what the machine was not sure of, and sign the sheet off."""

from service.review.claims import holder, open_for_review, release
from service.review.closing import (
    Gap,
    Unfinished,
    choose_template,
    close,
    gaps,
    return_to_school,
    set_aside,
    take_back,
)
from service.review.decisions import decide, undo
from service.review.filters import Filters
from service.review.objections import objections
from service.review.queue import counts, listing
from service.review.sheets import find
from service.review.turn import claim_next
from service.review.values import (
    EffectiveValue,
    Standing,
    effective,
    effective_marks,
    standing,
)
from service.review.wording import Fix, Objection

__all__ = [
    "EffectiveValue", "Filters", "Fix", "Gap", "Objection", "Standing", "Unfinished", "choose_template",
    "claim_next", "close", "counts", "decide", "effective", "effective_marks", "find", "gaps", "holder",
    "listing", "objections", "open_for_review", "release", "return_to_school", "set_aside", "standing",
    "take_back", "undo",
]
