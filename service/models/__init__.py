"""All records of the service, one file per stretch of a sheet's journey."""

from service.models.cases import Case, CaseEvent, HomeVisit, Student, TownshipCount
from service.models.months import IssuedReport, MonthlyReturn, ReturnStep
from service.models.people import ApiToken, AuditEvent, LoginFailure, Unit, User, WebSession
from service.models.scans import Job, Scan, Sheet, SheetNote
from service.models.second import SecondEntry, SecondReading
from service.models.values import Decision, Reading

__all__ = [
    "ApiToken", "AuditEvent", "Case", "CaseEvent", "Decision", "HomeVisit", "IssuedReport", "Job",
    "LoginFailure", "MonthlyReturn", "Reading", "ReturnStep", "Scan", "SecondEntry", "SecondReading",
    "Sheet", "SheetNote", "Student", "TownshipCount", "Unit", "User", "WebSession",
]
