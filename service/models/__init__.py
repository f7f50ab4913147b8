"""All records of the service, one file per stretch of a sheet's journey."""

from service.models.alike import Chore, DuplicatePair, SheetInk, SheetTwin, StudentMerge, Suspect
from service.models.asked import SavedQuestion
from service.models.cases import Case, CaseEvent, HomeVisit, Student, TownshipCount
from service.models.duties import CaseDuty, CaseTask, Handover
from service.models.household import CategoryFact, HouseholdMember, SchoolPeriod
from service.models.ledger import LedgerMark, LedgerStep
from service.models.lists import ListEntry, ListImport, ListProblem
from service.models.months import IssuedReport, MonthlyReturn, ReturnStep
from service.models.papers import Agreement, Inspection, Lesson, Persuasion, SchoolPlan, Transfer, TransferPairing
from service.models.people import ApiToken, AuditEvent, LoginFailure, Unit, User, WebSession
from service.models.returns import PaperReturn
from service.models.scans import Job, Scan, Sheet, SheetNote
from service.models.second import SecondEntry, SecondReading
from service.models.values import Decision, Reading

__all__ = [
    "Agreement", "ApiToken", "AuditEvent", "Case", "CaseDuty", "CaseEvent", "CaseTask", "CategoryFact", "Chore",
    "Decision", "DuplicatePair", "Handover", "HomeVisit", "HouseholdMember", "Inspection", "IssuedReport", "Job",
    "LedgerMark", "LedgerStep", "Lesson", "ListEntry", "ListImport", "ListProblem", "LoginFailure", "MonthlyReturn",
    "PaperReturn", "Persuasion", "Reading", "ReturnStep", "SavedQuestion", "Scan", "SchoolPeriod",
    "SchoolPlan", "SecondEntry", "SecondReading",
    "Sheet", "SheetInk", "SheetNote", "SheetTwin", "Student", "StudentMerge", "Suspect", "TownshipCount", "Transfer",
    "TransferPairing", "Unit", "User", "WebSession",
]
