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
                query("unit", {"type": "integer", "minimum": 0, "maximum": 999_999_999}),
                query("state", {"type": "string", "enum": list(states)}),
                query("watch", {"type": "string", "enum": list(watches)}),
                query("page", {"type": "integer", "minimum": 1, "maximum": 999_999_999})],
            "responses": {"200": json_answer("StudentList", "一页")}}},
        "/students/search": {"post": {
            "operationId": "searchStudents", "tags": ["students"],
            "summary": "按姓名开头或完整身份证号查找（姓名和号码不进入网址）",
            "requestBody": body("SearchIn"), "responses": {"200": json_answer("StudentList", "一页")}}},
        "/students/{student_id}": {"get": {
            "operationId": "getStudent", "tags": ["students"],
            "summary": "一人一档（个人信息已遮盖，查看有记录）",
            "parameters": [id_parameter("student_id")], "responses": {"200": json_answer("StudentOut", "档案")}}},
        "/students/{student_id}/reveal": {"post": {
            "operationId": "revealStudent", "tags": ["students"],
            "summary": "显示被遮盖的一项（每次都有记录）",
            "parameters": [id_parameter("student_id")], "requestBody": body("RevealIn"),
            "responses": {"200": json_answer("StudentOut", "档案")}}},
        "/cases/{case_id}/events": {"post": {
            "operationId": "addCaseEvent", "tags": ["students"],
            "summary": f"办理个案：{'、'.join(acts)}；不合规定的办理会说明缺什么",
            "parameters": [id_parameter("case_id")], "requestBody": body("EventIn"),
            "responses": {"201": json_answer("EventOut", "已记录")}}},
    }


def json_answer(schema: str, description: str) -> dict[str, Any]:
    """An answer of this schema."""
    return {"description": description,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def body(schema: str) -> dict[str, Any]:
    """A body of this schema."""
    return {"required": True,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def id_parameter(name: str) -> dict[str, Any]:
    """A number in the path."""
    return {"name": name, "in": "path", "required": True,
            "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999}}


def query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter of the query."""
    return {"name": name, "in": "query", "schema": schema}
