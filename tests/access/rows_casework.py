"""Who may see what waits, answer hand-overs, ask for things, and join transfers."""

from tests.access.rows import CASEWORKERS, UPLOADERS, Row

OK, BACK = frozenset({200}), frozenset({302})
DONE = frozenset({302, 409})
"""The first who may does it; those after are told that it is done."""

ROWS = [
    Row("GET", "/tasks", UPLOADERS, answers=OK),
    Row("POST", "/handovers/<int:handover_id>/<any(accept, send_back, withdraw):step>", CASEWORKERS, "handover",
        values={"step": "withdraw"}, form={}, answers=DONE),
    Row("POST", "/cases/<int:case_id>/tasks", CASEWORKERS, "case", form={"text": "查清去向", "due_on": "2099-01-01"},
        answers=BACK),
    Row("POST", "/tasks/<int:task_id>/done", CASEWORKERS, "task", form={}, answers=DONE),
    Row("POST", "/cases/<int:case_id>/duties", CASEWORKERS, "case", form={"role": "teacher", "name": "周文静"},
        answers=BACK),
    Row("POST", "/duties/<int:duty_id>/end", CASEWORKERS, "duty", form={}, answers=DONE),
    Row("POST", "/students/<int:student_id>/facts", CASEWORKERS, "student",
        form={"kind": "left_behind", "from_on": "2019-01-01", "source_name": "摸底表"}, answers=DONE),
    Row("POST", "/facts/<int:fact_id>/end", CASEWORKERS, "fact", form={"until_on": "2020-01-01"}, answers=BACK),
    Row("POST", "/students/<int:student_id>/household", CASEWORKERS, "student", form={"name": "谭大勇"}, answers=BACK),
    Row("POST", "/household/<int:member_id>/remove", CASEWORKERS, "member", form={}, answers=DONE),
    Row("POST", "/students/<int:student_id>/register", CASEWORKERS, "student", form={"address": "东关村"},
        answers=BACK),
    Row("POST", "/students/<int:student_id>/schools", CASEWORKERS, "student", form={"school": "外县小学"},
        answers=BACK),
    Row("GET", "/transfers", UPLOADERS, answers=OK),
    Row("POST", "/transfers", UPLOADERS, form={"text": "测试"}, answers=OK),
    Row("GET", "/transfers/<int:transfer_id>", UPLOADERS, "transfer", answers=OK),
    Row("POST", "/transfers/<int:transfer_id>/<any(pair, unpair, receive, unreceive):step>", CASEWORKERS, "transfer",
        values={"step": "receive"}, form={"receipt": "转接单一号", "on": "2019-05-01"}, answers=DONE),
    Row("GET", "/schools", UPLOADERS, answers=OK),
    Row("GET", "/schools/<int:unit_id>", UPLOADERS, "school_unit", answers=OK),
    Row("GET", "/schools/<int:unit_id>/plan", UPLOADERS, "school_unit", answers=OK),
    Row("POST", "/schools/<int:unit_id>/plan", CASEWORKERS, "school_unit", form={"goal": "不让一个学生失学"},
        answers=BACK),
    Row("POST", "/schools/<int:unit_id>/plan/file", CASEWORKERS, "school_unit", form={}, answers=frozenset({422})),
    Row("GET", "/plans/<int:plan_id>/file", UPLOADERS, "plan", answers=OK),
    Row("POST", "/schools/<int:unit_id>/inspections", frozenset({"township", "bureau"}), "school_unit",
        form={"item": "guidance", "on": "2019-05-01", "text": "完善一人一档"}, answers=BACK),
    Row("GET", "/home-teaching", UPLOADERS, answers=OK),
    Row("GET", "/api/v1/work", UPLOADERS, answers=OK),
    Row("POST", "/api/v1/handovers/<int:handover_id>/answer", CASEWORKERS, "handover", body={"step": "withdraw"},
        answers=frozenset({200, 409})),
    Row("GET", "/api/v1/transfers", UPLOADERS, answers=OK),
    Row("GET", "/api/v1/transfers/<int:transfer_id>", UPLOADERS, "transfer", answers=OK),
    Row("POST", "/api/v1/transfers/<int:transfer_id>", CASEWORKERS, "transfer",
        body={"step": "receive", "receipt": "转接单一号", "on": "2019-05-01"}, answers=frozenset({200, 409})),
    Row("GET", "/api/v1/schools", UPLOADERS, answers=OK),
    Row("GET", "/api/v1/schools/<int:unit_id>", UPLOADERS, "school_unit", answers=OK),
    Row("GET", "/api/v1/home-teaching", UPLOADERS, answers=OK),
]
