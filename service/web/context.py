"""What a view may ask for: the installation, the person behind the request, and who may call it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import current_app, g

from service.access import Actor
from service.installation import Installation

View = TypeVar("View", bound=Callable[..., object])
_RULE = "_shibiao_rule"
SMALL_BODY = 1024 * 1024
"""What a request may carry where nothing else is said: forms and JSON, no files."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a view; `permission` None with `is_public` False means anybody logged in."""

    permission: str | None = None
    is_public: bool = False
    renews: bool = True
    """Whether a call counts as activity of the session; a screen's own polling does not."""
    carries_files: bool = False
    """Whether the body may be as large as an upload."""


def requires(permission: str | None = None, *, renews: bool = True,
             carries_files: bool = False) -> Callable[[View], View]:
    """Open a view to people whose role includes `permission`; None: to everybody logged in.

    Under /api/v1 the person comes from a bearer token, elsewhere from the session's cookie.
    """
    return _marked(Rule(permission, renews=renews, carries_files=carries_files))


def public(view: View) -> View:
    """Open a view to everybody, logged in or not."""
    return _marked(Rule(is_public=True))(view)


def rule_of(view: Callable[..., object]) -> Rule | None:
    """The rule a view was marked with, or None."""
    return cast("Rule | None", getattr(view, _RULE, None))


def installation() -> Installation:
    """The installation this application serves."""
    return cast(Installation, current_app.extensions["installation"])


def actor() -> Actor:
    """The person behind the request; RuntimeError in a public view that nobody logged in to."""
    found = g.get("actor")
    if found is None:
        raise RuntimeError("no actor: the view is public")
    return cast(Actor, found)


def csrf() -> str:
    """The token that a form or script on this page must send back; empty when nobody is logged in."""
    return cast(str, g.get("csrf_token", ""))


def _marked(rule: Rule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _RULE, rule)
        return view
    return mark
