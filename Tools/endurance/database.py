"""Rows of a database of tracks without what may differ from run to run: the numbers of rows, and the table of runs."""

import contextlib
import sqlite3

# A run is a time and a machine.
LEFT_OUT = ("runs",)


@contextlib.contextmanager
def open_database(path):
    database = sqlite3.connect(path)
    try:
        yield database
    finally:
        database.close()


def canonical_rows(database):
    """All rows of all tables as sorted texts, in which a reference to a row is that row, or a track's path."""
    tables = {name: Table(database, name) for (name,) in database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") if name not in LEFT_OUT}
    lines = []
    for table in tables.values():
        lines += [f"{table.name} {text}" for text in table.rows(tables)]
    return sorted(lines)


class Table:
    def __init__(self, database, name):
        self.database, self.name = database, name
        quoted = '"' + name.replace('"', '""') + '"'
        columns = database.execute(f"PRAGMA table_info({quoted})").fetchall()
        self.columns = [column[1] for column in columns]
        keys = [column[1] for column in columns if column[5] > 0]
        # A number that the database gave the row, in the order of insertion.
        types = {column[1]: column[2].upper() for column in columns}
        self.number = keys[0] if len(keys) == 1 and types[keys[0]] == "INTEGER" else None
        # Column: the table it points into.
        self.references = {row[3]: row[2] for row in database.execute(f"PRAGMA foreign_key_list({quoted})")}
        self.values = [dict(zip(self.columns, row, strict=True)) for row in database.execute(f"SELECT * FROM {quoted}")]
        self.by_number = {row[self.number]: row for row in self.values} if self.number else {}

    def rows(self, tables):
        return [self.text(row, tables) for row in self.values]

    def text(self, row, tables):
        parts = []
        for column, value in row.items():
            target = self.references.get(column)
            # A track's own number may point at nothing: it is the row's.
            if target is None and column == self.number or target in LEFT_OUT:
                continue
            parts.append(f"{column}={tables[target].reference(value, tables) if target in tables else shown(value)}")
        return " ".join(parts)

    def reference(self, number, tables):
        row = self.by_number.get(number)
        if row is None:
            return repr(number)
        return repr(row["path"]) if "path" in row else f"({self.text(row, tables)})"


def shown(value):
    return value.hex() if isinstance(value, bytes) else repr(value)
