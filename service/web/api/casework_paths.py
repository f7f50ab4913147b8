"""What the API's description says of what waits, transfers, schools and home teaching."""

from __future__ import annotations

from typing import Any

from service.web.api.student_paths import body, id_parameter, json_answer, query

Words = tuple[str, ...]
_YEAR = {"type": "integer", "minimum": 2000, "maximum": 2100}
_NUMBER = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
_PAGE = {"type": "integer", "minimum": 1, "maximum": 999_999_999}


def paths(spans: Words, whats: Words, tabs: Words, lists: Words) -> dict[str, dict[str, Any]]:
    """The OpenAPI operations; the words that filters take are those the service knows."""
    unit, page, year = query("unit", _NUMBER), query("page", _PAGE), query("year", _YEAR)
    return {
        "/work": {"get": _operation(
            "getWork", "本账号的待办：待接收的移交、交办事项、到期的个案", json_answer("WorkOut", "待办"),
            [query("span", {"type": "string", "enum": list(spans)}),
             query("what", {"type": "string", "enum": list(whats)}), unit, page])},
        "/handovers/{handover_id}/answer": {"post": _operation(
            "answerHandover", "答复移交：接收、退回（须写理由）或撤回", json_answer("AnswerOut", "已答复"),
            [id_parameter("handover_id")], body("AnswerIn"))},
        "/transfers": {"get": _operation(
            "listTransfers", "流动生名单：超期未转入、等待转入、没有转出的转入、已配对、凭据核实",
            json_answer("TransferList", "一页"),
            [query("tab", {"type": "string", "enum": list(tabs)}), unit, page])},
        "/transfers/{transfer_id}": {
            "get": _operation("getTransfer", "一条流动生登记和可以配对的登记", json_answer("PairOut", "登记"),
                              [id_parameter("transfer_id")]),
            "post": _operation("changeTransfer", "配对、拆开、登记或撤销接收凭据", json_answer("PairOut", "登记"),
                               [id_parameter("transfer_id")], body("TransferIn"))},
        "/schools": {"get": _operation(
            "listSchools", "本账号可见的学校：方案、责任书、应劝返和在跟踪的学生", json_answer("SchoolList", "学校"),
            [query("list", {"type": "string", "enum": list(lists)}), unit, year])},
        "/schools/{unit_id}": {"get": _operation(
            "getSchool", "一所学校：一校一案、各状态学生数、督导六项", json_answer("SchoolOut", "学校"),
            [id_parameter("unit_id"), year])},
        "/home-teaching": {"get": _operation(
            "getHomeTeaching", "送教上门台账：课时、应达、学年末预计", json_answer("LedgerOut", "台账"), [unit, year])},
    }


def _operation(name: str, summary: str, answer: dict[str, Any], parameters: list[dict[str, Any]],
               request: dict[str, Any] | None = None) -> dict[str, Any]:
    told = {"operationId": name, "tags": ["casework"], "summary": summary, "parameters": parameters,
            "responses": {"200": answer}}
    return told | ({"requestBody": request} if request else {})
