"""The list of a child's records knows every table that names a child."""

from service.cases.records import OF_A_CHILD
from service.database import Base


def test_every_column_that_names_a_child_is_listed():
    naming = {f"{table.name}.{key.parent.name}" for table in Base.metadata.tables.values()
              for key in table.foreign_keys if key.column.table.name == "students"}
    assert naming == {str(column.property.columns[0]) for column in OF_A_CHILD}
