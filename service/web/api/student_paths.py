"""What the API's description says of students and cases."""

from __future__ import annotations

from typing import Any

Words = tuple[str, ...]


def paths(states: Words, watches: Words, acts: Words) -> dict[str, dict[str, Any]]:
    """The OpenAPI operations; the words that filters and acts take are those the service knows."""
    return {
        "/students": {"get": {
            "operationId": "listStudents", "tags": ["students"],
            "summary": "本账号可见的学生，最近立案的在前",
            "parameters": [
                _query("unit", {"type": "integer", "minimum": 0, "maximum": 999_999_999}),
                _query("state", {"type": "string", "enum": list(states)}),
                _query("watch", {"type": "string", "enum": list(watches)}),
                _query("page", {"type": "integer", "minimum": 1, "maximum": 999_999_999})],
            "responses": {"200": _json("StudentList", "一页")}}},
        "/students/search": {"post": {
            "operationId": "searchStudents", "tags": ["students"],
            "summary": "按姓名开头或完整身份证号查找（姓名和号码不进入网址）",
            "requestBody": _body("SearchIn"), "responses": {"200": _json("StudentList", "一页")}}},
        "/students/{student_id}": {"get": {
            "operationId": "getStudent", "tags": ["students"],
            "summary": "一人一档（个人信息已遮盖，查看有记录）",
            "parameters": [_id("student_id")], "responses": {"200": _json("StudentOut", "档案")}}},
        "/students/{student_id}/reveal": {"post": {
            "operationId": "revealStudent", "tags": ["students"],
            "summary": "显示被遮盖的一项（每次都有记录）",
            "parameters": [_id("student_id")], "requestBody": _body("RevealIn"),
            "responses": {"200": _json("StudentOut", "档案")}}},
        "/cases/{case_id}/events": {"post": {
            "operationId": "addCaseEvent", "tags": ["students"],
            "summary": f"办理个案：{'、'.join(acts)}；不合规定的办理会说明缺什么",
            "parameters": [_id("case_id")], "requestBody": _body("EventIn"),
            "responses": {"201": _json("EventOut", "已记录")}}},
    }


def _json(schema: str, description: str) -> dict[str, Any]:
    return {"description": description,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _body(schema: str) -> dict[str, Any]:
    return {"required": True,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _id(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True,
            "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999}}


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}
