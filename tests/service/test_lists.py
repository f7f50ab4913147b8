"""Lists from file to standing entries: columns guessed, rows judged one by one, all stored or nothing."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, text

from service import identity
from service.errors import Invalid, NotAllowed, NotFound
from service.known import lists_for
from service.lists import acts, shelf
from service.lists.cells import clean
from service.lists.kinds import list_kinds
from service.lists.receiving import receive_list
from service.lists.table import UnreadableList, read_table
from service.lists.work import work_on_list
from service.models import ListEntry, ListProblem, Student
from tests.service.list_files import (
    HEADINGS,
    check,
    csv_file,
    hand_in,
    pupils,
    store,
    take_in,
    told_of,
    xlsx_file,
)

SCHOOLS = ["城关一小", "城关二小", "河滨中学"]


def counted(county, model, *where):
    with county.installation.database.read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where))


def reasons(county, import_id, who="bureau"):
    with county.installation.database.read() as session:
        rows = shelf.problems(session, county.actor(who), import_id).rows
    return {row.row: " ".join(row.texts) for row in rows}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_csv_reads_the_same_in_every_encoding(encoding):
    rows = pupils(3, SCHOOLS)
    assert read_table(csv_file(rows, encoding=encoding))[0].rows == [list(HEADINGS), *rows]


@pytest.mark.parametrize(("data", "code"), [
    (b"", "empty"), (b"%PDF-1.7 x", "not_a_list"), (b"\xff\xd8\xff\xe0\0\0\0", "not_a_list"),
    (b"PK\x03\x04 broken", "damaged"), (b"\xd0\xcf\x11\xe0 broken", "damaged"), (b"<html><table>", "not_a_list")])
def test_what_is_no_list_is_refused_in_words(data, code):
    with pytest.raises(UnreadableList) as refused:
        read_table(data)
    assert refused.value.code == code and refused.value.advice


def test_columns_are_found_in_any_order_under_titles_and_other_headings(county):
    headings = ("班", "身份證號碼", "家长", "就读学校", "年 级", "姓名（必填）", "备注")
    rows = [[row[8], row[6], row[9], row[1], row[7], row[3], ""] for row in pupils(12, SCHOOLS)]
    import_id = hand_in(county, xlsx_file(rows, headings, above=[["某县2024年秋季学籍"], []]))
    told = told_of(county, import_id)
    assert told.state == "to_map" and told.mapping["heading_row"] == 2
    assert told.mapping["columns"] == {"class": 0, "id_number": 1, "guardian": 2, "school": 3, "grade": 4, "name": 5}


def test_id_numbers_without_a_heading_are_told_by_what_they_are(county):
    rows = [[row[6], row[3], row[1]] for row in pupils(12, SCHOOLS)]
    told = told_of(county, hand_in(county, xlsx_file(rows, ("号码？", "姓名", "学校"))))
    assert told.mapping["columns"]["id_number"] == 0


def test_each_wrong_row_is_named_with_its_reason_and_the_others_go_in(any_county):
    county, rows = any_county, pupils(12, SCHOOLS)
    rows[0][6] = rows[0][6][:-1] + ("1" if rows[0][6][-1] != "1" else "2")
    rows[1][6] = "4.10329E+17"
    rows[2][6] = "'" + rows[2][6]
    rows[3] = list(rows[4])
    rows[5][1] = "没有的学校"
    rows[6][5], rows[6][6], rows[6][2] = "2014-13-45", "", ""
    rows[7][3] = ""
    rows[8][4] = "女" if rows[8][4] == "男" else "男"
    import_id = hand_in(county, xlsx_file(rows))
    told = check(county, import_id)
    found = reasons(county, import_id)
    words = {2: "校验位不对", 3: "科学计数", 6: "完全相同", 7: "不在单位名单中", 8: "不是有效的日期", 9: "姓名没有填写"}
    assert found.keys() == words.keys() and all(words[row] in found[row] for row in words), found
    assert (told.summary["good"], told.summary["wrong"], told.summary["warned"]) == (6, 6, 1)
    assert counted(county, ListEntry) == counted(county, Student) == 0, "nothing stands before it is confirmed"
    store(county, import_id)
    assert counted(county, ListEntry) == counted(county, Student) == 6
    mended = identity.mark(rows[2][6].lstrip("'"))
    assert counted(county, Student, Student.id_number_mark == mended) == 1


def test_a_number_cell_that_lost_its_last_digits_is_never_taken_for_an_id():
    assert clean("id_number", 410329201203150000.0).fault == "id_mangled"
    assert clean("id_number", "'410329 20120315 0018").mended


@pytest.mark.parametrize(("cell", "day"), [
    ("2012年3月5日", "2012-03-05"), ("2012.3.5", "2012-03-05"), ("20120305", "2012-03-05"), (40973.0, "2012-03-05"),
    ({"d": "2012-03-05"}, "2012-03-05"), ("2012/03/05 00:00:00", "2012-03-05"), ("五月", ""), ("2012-02-30", "")])
def test_birth_dates_are_read_however_they_are_written(cell, day):
    assert clean("date", cell).value == day


@pytest.mark.parametrize(("kind", "cell", "value"), [
    ("grade", "初三", "九年级"), ("grade", "小学六年级", "六年级"), ("grade", 3.0, "三年级"),
    ("class", "（2）班", "2班"),
    ("class", "十二班", "12班"), ("name", "张 三\u3000", "张三"), ("sex", "男性", "男"), ("yes_no", "未到校", "否")])
def test_cells_are_brought_to_one_form(kind, cell, value):
    assert clean(kind, cell).value == value


def test_a_second_list_says_who_is_new_changed_and_gone(county):
    rows = pupils(12, SCHOOLS)
    take_in(county, xlsx_file(rows[:10]))
    again = [list(row) for row in rows[1:]]
    again[0][8] = "9班"
    told = take_in(county, csv_file(again, encoding="gbk"), name="again.csv")
    assert {name: told.summary[name] for name in ("added", "changed", "same", "gone")} == {
        "added": 2, "changed": 1, "same": 8, "gone": 1}
    with county.installation.database.read() as session:
        listed = {what: [row.name for row in shelf.changes(session, county.actor("bureau"), told.id, what).rows]
                  for what in shelf.CHANGES}
        assert session.scalar(select(Student.grade_class).where(Student.name == again[0][3])) == "三年级9班"
    assert listed["gone"] == [rows[0][3]] and listed["changed"] == [again[0][3]] and len(listed["added"]) == 2
    assert counted(county, ListEntry, ListEntry.ended_by.is_(None)) == 11
    assert counted(county, Student) == 12, "who left the roster keeps a file"


def test_an_added_list_takes_nobody_away(county):
    rows = pupils(8, SCHOOLS)
    take_in(county, xlsx_file(rows[:5]))
    assert take_in(county, xlsx_file(rows[5:]), whole=False).summary["gone"] == 0
    assert counted(county, ListEntry, ListEntry.ended_by.is_(None)) == 8


def test_a_pupil_whose_row_is_wrong_this_time_is_not_gone(county):
    rows = pupils(6, SCHOOLS)
    take_in(county, xlsx_file(rows))
    rows[2][6] = "4.10329E+17"
    told = take_in(county, xlsx_file(rows))
    assert (told.summary["gone"], told.summary["wrong"]) == (0, 1)


def test_an_unknown_school_is_told_once_and_its_rows_go_in(county):
    rows = pupils(4, ["城关镇第一小学校区"])
    import_id = hand_in(county, xlsx_file(rows))
    told = check(county, import_id)
    assert told.summary["unknown"][0]["count"] == 4 and told.summary["good"] == 0
    assert check(county, import_id, units={"城关镇第一小学校区": county.units["城关一小"]}).summary["good"] == 4


def test_a_school_hands_in_its_own_pupils_and_no_others(county):
    import_id = hand_in(county, xlsx_file(pupils(6, SCHOOLS[:2])), who="school")
    told = check(county, import_id, "school")
    assert told.summary["good"] == 3 and told.summary["errors"] == {"other_unit": 3}
    with pytest.raises(NotAllowed):
        receive_list(county.installation, county.actor("school"), "household", io.BytesIO(b"x"), "x.csv")
    with pytest.raises(NotFound), county.installation.database.read() as session:
        shelf.find(session, county.actor("other_school"), import_id)


def test_a_stored_roster_feeds_reading_and_its_numbers_lie_sealed(county):
    rows = pupils(5, SCHOOLS[:1])
    told = take_in(county, xlsx_file(rows))
    with county.installation.database.read() as session:
        roster = lists_for(session, county.units["城关一小"]).roster
        assert {(one.name, one.id_number, one.grade) for one in roster} == {(row[3], row[6], "三年级") for row in rows}
        kept = session.execute(text("SELECT id_number, phone, address FROM list_entries")).all()
        assert not any(row[6] in str(kept) or row[10] in str(kept) or row[11] in str(kept) for row in rows)
    stored = county.installation.store.read(told.sealed_sha256)
    assert rows[0][6].encode() not in stored and not stored.startswith(b"PK")


def test_wrong_rows_come_back_as_a_workbook_with_reasons_and_the_taking_is_recorded(county, client_for):
    rows = pupils(3, SCHOOLS)
    rows[0][3] = "=1+1"
    import_id = hand_in(county, csv_file(rows), "名单.csv")
    check(county, import_id)
    answer = client_for("bureau").get(f"/lists/{import_id}/export/problems.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    heads, wrong = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert heads[:3] == ["行号", "结果", "问题"] and heads[3:] == list(HEADINGS)
    assert wrong[0] == "2" and "数字或符号" in wrong[2] and wrong[6] == "=1+1" and wrong[9] == rows[0][6]
    assert sheet["G2"].data_type == "s"
    with county.installation.database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_events WHERE action = 'list.problems_exported'")) == 1


def test_no_screen_of_lists_shows_a_whole_number(county, client_for):
    rows = pupils(6, SCHOOLS[:1])
    rows[1][6] = rows[1][6][:-1] + ("1" if rows[1][6][-1] != "1" else "2")
    browser = client_for("school")
    import_id = hand_in(county, xlsx_file(rows), who="school")
    pages = [browser.get(f"/lists/{import_id}").text]
    check(county, import_id, "school")
    pages += [browser.get(f"/lists/{import_id}").text, browser.get(f"/lists/{import_id}?map=1").text]
    store(county, import_id, "school")
    pages += [browser.get(path).text for path in (f"/lists/{import_id}", f"/lists/{import_id}/changes/added",
                                                  "/lists/current/roster", "/lists")]
    assert rows[0][3] in "".join(pages)
    for row in rows:
        assert not any(row[6] in page or row[10] in page for page in pages)


def test_losing_many_asks_to_be_confirmed(county):
    rows = pupils(60, SCHOOLS[:1])
    take_in(county, xlsx_file(rows))
    import_id = hand_in(county, xlsx_file(rows[:20]))
    check(county, import_id)
    with pytest.raises(Invalid, match="少 40 人"), county.installation.database.write() as session:
        acts.confirm(session, county.actor("bureau"), import_id, gone_seen=False)


def test_a_list_thrown_away_leaves_no_rows(county):
    rows = pupils(3, SCHOOLS)
    rows[0][3] = ""
    import_id = hand_in(county, xlsx_file(rows))
    check(county, import_id)
    with county.installation.database.write() as session:
        acts.discard(session, county.actor("bureau"), import_id)
    assert counted(county, ListProblem) == counted(county, ListEntry) == 0
    assert not work_on_list(county.installation)


def test_households_keep_children_of_school_age_under_their_township(county):
    row = pupils(1, SCHOOLS)[0]
    grown = ["城关", "李大山", "", "1980-02-03", "李大山"]
    told = take_in(county, xlsx_file([["城关", row[3], row[6], row[5], row[9]], grown],
                                     ("乡镇", "姓名", "身份证号", "出生日期", "户主")), kind="household")
    assert (told.summary["good"], told.summary["skipped"]) == (1, 1)
    assert counted(county, ListEntry, ListEntry.unit_id == county.units["城关"]) == 1


def test_every_kind_of_list_has_columns_that_exist_and_headings_of_its_own():
    for kind in list_kinds().values():
        names = [column.name for column in kind.columns]
        assert set(kind.required) <= set(names) and len(names) == len(set(names)) and kind.belongs_to in names
