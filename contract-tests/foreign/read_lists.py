#!/usr/bin/env python3
"""The five files of one list, opened by a program that shares no code with ours, and compared row by row.

    read_lists.py FOLDER...     each FOLDER has one list as .json, .ndjson, .csv, .xlsx and .parquet
    read_lists.py --self-test   are the readers and the comparison able to find what is wrong?

Standard library only; whichever of pandas, pyarrow, openpyxl and duckdb can be imported reads the files, too, and those that cannot are
named. A row's checksum is SHA-256 over `code=length:text` and a line feed for each column, the text's length in bytes of UTF-8; a list's
is SHA-256 over the checksums of its rows. Exit code 0: all forms tell the same list, and the list that their heads say; 1: they do not,
and where.
"""

import csv
import datetime
import hashlib
import io
import json
import pathlib
import re
import struct
import sys
import tempfile
import xml.etree.ElementTree
import zipfile

FORMS = ("json", "ndjson", "csv", "xlsx", "parquet")
HEADERS = {
    "Pseudonym": "pseudonym", "CPR-nummer": "cpr", "Ændringskode": "change", "Ændring": "change_text", "Begrundelse": "reason",
    "Alder": "age_years", "Afdelinger": "departments", "Enheder": "units", "Siden": "since", "Antal sager og indsatser": "facts",
}
NUMBERS, DATES = {"age_years", "facts"}, {"since"}
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


class Wrong(Exception):
    """A file is not what it should be."""


# --- What a row is -------------------------------------------------------------------------------------------------------------


def safe(text):
    """The text that a spreadsheet leaves as it is."""
    figure, _, power = text.replace("E", "e").partition("e")
    is_ascii_digits = re.compile(r"[0-9]+\Z").match
    if "e" in text or "E" in text:
        is_number = bool(is_ascii_digits(figure) and is_ascii_digits(power))
    else:
        is_number = bool(is_ascii_digits(text)) and (len(text) > 15 or (len(text) > 1 and text[0] == "0"))
    is_markup = text.startswith("<r>") and text.endswith("</r>")
    is_formula = text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)
    return "'" + text if is_number or is_markup or is_formula else text


def canonical(code, value):
    """One cell's text, whatever type a reader gave it."""
    if value is None or value != value:  # a missing number is not a number
        return ""
    if isinstance(value, (list, tuple)):
        value = " ".join(value)
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if code in NUMBERS and not isinstance(value, str):
        if int(value) != value:
            raise Wrong(f"{code} has a fraction")
        return str(int(value))
    return str(value) if code in NUMBERS | DATES else safe(str(value))


def row_checksum(codes, values):
    parts = []
    for code, value in zip(codes, values, strict=True):
        text = canonical(code, value).encode()
        parts.append(b"%s=%d:%s\n" % (code.encode(), len(text), text))
    return hashlib.sha256(b"".join(parts)).digest()


class Found:
    """What a reader found: the columns, a checksum a row, and the head where the form has one."""

    def __init__(self, codes, rows, head=None):
        self.codes, self.head = list(codes), head
        self.rows = [row_checksum(self.codes, row) for row in rows]
        self.checksum = hashlib.sha256(b"".join(self.rows)).hexdigest()


def codes_of(headers):
    unknown = [header for header in headers if header not in HEADERS]
    if unknown:
        raise Wrong(f"headers that nobody knows: {unknown}")
    return [HEADERS[header] for header in headers]


# --- Readers of the standard library ---------------------------------------------------------------------------------------------


def of_objects(head, citizens):
    codes = [column["code"] for column in head["columns"]]
    for citizen in citizens:
        if list(key for key in citizen if key != "type") != codes:
            raise Wrong("a row has other columns than the head says")
    return Found(codes, ([citizen[code] for code in codes] for citizen in citizens), head)


def read_json(path):
    whole = json.loads(path.read_bytes())
    return of_objects(whole["head"], whole["citizens"])


def read_ndjson(path):
    text = path.read_bytes().decode()
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    if not text.endswith("\n") or len(lines) < 2 or lines[0]["type"] != "head" or lines[-1]["type"] != "end":
        raise Wrong("the file was cut")
    if lines[-1]["citizens"] != len(lines) - 2 or any(line["type"] != "citizen" for line in lines[1:-1]):
        raise Wrong("rows are missing")
    return of_objects(lines[0], lines[1:-1])


def read_csv(path):
    data = path.read_bytes()
    if not data.startswith(b"\xef\xbb\xbf"):
        raise Wrong("no byte order mark")
    if re.sub(rb'"(?:[^"]|"")*"', b"", data).count(b"\n") != re.sub(rb'"(?:[^"]|"")*"', b"", data).count(b"\r\n"):
        raise Wrong("a line ends without a carriage return")
    header, *rows = csv.reader(io.StringIO(data[3:].decode(), newline=""), delimiter=";", strict=True)
    for row in rows:
        for text in row:
            if safe(text) != text:
                raise Wrong("a cell that a spreadsheet takes for something else")
    return Found(codes_of(header), rows)


SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_xlsx(path):
    with zipfile.ZipFile(path) as archive:
        part = lambda name: xml.etree.ElementTree.fromstring(archive.read(name))
        unescape = lambda text: re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
        strings = [unescape(item.findtext(SHEET + "t") or "") for item in part("xl/sharedStrings.xml")]
        styles = part("xl/styles.xml")
        days = {one.get("numFmtId") for one in styles.iter(SHEET + "numFmt") if "yyyy" in one.get("formatCode")}
        is_day = [style.get("numFmtId") in days for style in styles.find(SHEET + "cellXfs")]
        names = [sheet.get("name") for sheet in part("xl/workbook.xml").iter(SHEET + "sheet")]
        if names != ["Liste", "Om udsøgningen"]:
            raise Wrong(f"other sheets: {names}")
        sheets = []
        for number in (1, 2):
            rows = []
            for row in part(f"xl/worksheets/sheet{number}.xml").iter(SHEET + "row"):
                cells = {}
                for cell in row:
                    value = cell.findtext(SHEET + "v")
                    if value is None:
                        continue
                    if cell.get("t") == "s":
                        value = strings[int(value)]
                    elif is_day[int(cell.get("s", 0))]:
                        value = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(value))
                    else:
                        value = float(value)
                    cells[ord(cell.get("r")[0]) - ord("A")] = value
                rows.append(cells)
            sheets.append(rows)
    return of_sheets(*sheets)


def of_sheets(listed, about):
    header = [listed[0][at] for at in range(len(listed[0]))]
    codes = codes_of(header)
    rows = [[cells.get(at) for at in range(len(codes))] for cells in listed[1:]]
    for row in rows:
        for code, value in zip(codes, row):
            if code in NUMBERS and isinstance(value, str):
                raise Wrong(f"{code} is a text")
    told = {cells.get(0): cells.get(1) for cells in about}
    return Found(codes, rows, {"checksum": told["Kontrolsum"], "citizens": int(told["Borgere i alt"])})


# A reader of what we write of Parquet: flat optional columns, data pages of version 1, plain or by dictionary, not compressed.


class Thrift:
    """The compact protocol: structs become dictionaries by field number."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def varint(self):
        value, shift = 0, 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def signed(self):
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def value(self, kind):
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            self.at += 1
            return self.data[self.at - 1]
        if kind in (4, 5, 6):
            return self.signed()
        if kind == 7:
            self.at += 8
            return struct.unpack_from("<d", self.data, self.at - 8)[0]
        if kind == 8:
            length = self.varint()
            self.at += length
            return bytes(self.data[self.at - length:self.at])
        if kind in (9, 10):
            head = self.data[self.at]
            self.at += 1
            count = head >> 4 if head >> 4 != 15 else self.varint()
            if head & 15 in (1, 2):
                self.at += count
                return [self.data[self.at - count + one] == 1 for one in range(count)]
            return [self.value(head & 15) for _ in range(count)]
        if kind == 12:
            return self.struct()
        raise Wrong(f"a Thrift value of kind {kind}")

    def struct(self):
        fields, last = {}, 0
        while True:
            head = self.data[self.at]
            self.at += 1
            if head == 0:
                return fields
            last = last + (head >> 4) if head >> 4 else self.signed()
            fields[last] = self.value(head & 15)


def hybrid(data, width, count):
    """Runs and packed groups of `width` bits."""
    values, at, bytes_each = [], 0, (width + 7) // 8
    while len(values) < count:
        reader = Thrift(data, at)
        head = reader.varint()
        at = reader.at
        if head & 1:
            packed = int.from_bytes(data[at:at + (head >> 1) * width], "little")
            values.extend((packed >> (one * width)) & ((1 << width) - 1) for one in range((head >> 1) * 8))
            at += (head >> 1) * width
        else:
            values.extend([int.from_bytes(data[at:at + bytes_each], "little")] * (head >> 1))
            at += bytes_each
    return values[:count]


def plain(data, kind, count):
    if kind in (1, 2):
        return list(struct.unpack_from(f"<{count}{'i' if kind == 1 else 'q'}", data))
    values, at = [], 0
    for _ in range(count):
        length = struct.unpack_from("<I", data, at)[0]
        values.append(data[at + 4:at + 4 + length].decode())
        at += 4 + length
    return values


def column_of(data, chunk):
    """The cells of one column of one group of rows."""
    about = chunk[3]
    kind, codec, total, pages = about[1], about[4], about[5], about.get(11, about[9])
    at, cells, words = min(pages, about[9]), [], []
    if codec != 0:
        raise Wrong("compressed")
    while len(cells) < total:
        reader = Thrift(data, at)
        page = reader.struct()
        body = data[reader.at:reader.at + page[3]]
        at = reader.at + page[3]
        if page[1] == 2:
            words = plain(body, kind, page[7][1])
            continue
        if page[1] != 0:
            raise Wrong("a data page of version 2")
        count, encoding = page[5][1], page[5][2]
        length = struct.unpack_from("<I", body)[0]
        there = hybrid(body[4:4 + length], 1, count)
        body = body[4 + length:]
        if encoding == 0:
            values = plain(body, kind, sum(there))
        elif encoding in (2, 8):
            values = [words[place] for place in hybrid(body[1:], body[0], sum(there))] if any(there) else []
        else:
            raise Wrong(f"encoding {encoding}")
        values = iter(values)
        cells.extend(next(values) if one else None for one in there)
    return cells


def read_parquet(path):
    data = path.read_bytes()
    if data[:4] != b"PAR1" or data[-4:] != b"PAR1":
        raise Wrong("not a Parquet file")
    footer = struct.unpack("<I", data[-8:-4])[0]
    file = Thrift(data, len(data) - 8 - footer).struct()
    columns = file[2][1:]
    codes = [column[4].decode() for column in columns]
    for column, code in zip(columns, codes):
        wanted = 2 if code in NUMBERS else 1 if code in DATES else 6
        if column[1] != wanted or (code in DATES and column[10] != {6: {}}) or (wanted == 6 and column[10] != {1: {}}):
            raise Wrong(f"{code} has another type")
    rows = []
    for group in file[4]:
        cells = [column_of(data, chunk) for chunk in group[1]]
        rows.extend(zip(*cells, strict=True))
    if len(rows) != file[3]:
        raise Wrong("rows are missing")
    told = {one[1].decode(): one[2].decode() for one in file[5]}
    if told["glasplade.list.schema"] != "1":
        raise Wrong("another version of the schema")
    epoch = datetime.date(1970, 1, 1)
    day = lambda code, cell: epoch + datetime.timedelta(days=cell) if code in DATES and cell is not None else cell
    typed = ([day(code, cell) for code, cell in zip(codes, row)] for row in rows)
    return Found(codes, typed, json.loads(told["glasplade.list.head"]))


# --- Readers of other people -----------------------------------------------------------------------------------------------------


def pandas_reads(pandas, path):
    if path.suffix == ".csv":
        frame = pandas.read_csv(path, sep=";", encoding="utf-8-sig", dtype=str, keep_default_na=False)
        return Found(codes_of(frame.columns), frame.itertuples(index=False, name=None))
    if path.suffix == ".parquet":
        frame = pandas.read_parquet(path)
        return Found(frame.columns, ([None if cell is pandas.NA or cell is pandas.NaT else cell for cell in row]
                                     for row in frame.itertuples(index=False, name=None)))
    return None


def pyarrow_reads(pyarrow, path):
    if path.suffix != ".parquet":
        return None
    import pyarrow.parquet
    table = pyarrow.parquet.read_table(path)
    rows = (tuple(row.values()) for row in table.to_pylist())
    head = json.loads(table.schema.metadata[b"glasplade.list.head"]) if table.schema.metadata else None
    return Found(table.column_names, rows, head)


def openpyxl_reads(openpyxl, path):
    if path.suffix != ".xlsx":
        return None
    book = openpyxl.load_workbook(path)
    sheets = ([{at: cell for at, cell in enumerate(row) if cell is not None} for row in sheet.iter_rows(values_only=True)]
              for sheet in (book["Liste"], book["Om udsøgningen"]))
    return of_sheets(*sheets)


def duckdb_reads(duckdb, path):
    questions = {
        ".parquet": "select * from read_parquet(?)",
        ".csv": "select * from read_csv(?, delim=';', header=true, all_varchar=true, quote='\"', escape='\"', nullstr='\1', "
                "new_line='\\r\\n', strict_mode=false, max_line_size=10000000)",
        ".ndjson": "select * exclude (type) from read_ndjson(?, columns={'type': 'varchar', %s}) where type = 'citizen'",
    }
    if path.suffix not in questions:
        return None
    question = questions[path.suffix]
    if path.suffix == ".ndjson":
        codes = [column["code"] for column in json.loads(path.open(encoding="utf-8").readline())["columns"]]
        kind = lambda code: "bigint" if code in NUMBERS else "date" if code in DATES else "varchar"
        kinds = {code: "varchar[]" if code in ("departments", "units") else kind(code) for code in codes}
        question %= ", ".join(f"'{code}': '{kind}'" for code, kind in kinds.items())
    answer = duckdb.connect().execute(question, [str(path)])
    names = [column[0] for column in answer.description]
    return Found(codes_of(names) if path.suffix == ".csv" else names, answer.fetchall())


READERS = {"json": read_json, "ndjson": read_ndjson, "csv": read_csv, "xlsx": read_xlsx, "parquet": read_parquet}
OTHERS = {"pandas": pandas_reads, "pyarrow": pyarrow_reads, "openpyxl": openpyxl_reads, "duckdb": duckdb_reads}


def others():
    there, missing = {}, []
    for name, reads in OTHERS.items():
        try:
            there[name] = (__import__(name), reads)
        except ImportError:
            missing.append(name)
    return there, missing


# --- The comparison --------------------------------------------------------------------------------------------------------------


def compare(folder, there):
    """What is wrong in this folder, and what was read."""
    wrong, found, first = [], [], None
    for form in FORMS:
        paths = sorted(folder.glob(f"*.{form}"))
        if len(paths) != 1:
            wrong.append(f"{form}: {len(paths)} files, one is wanted")
            continue
        readings = [("", READERS[form], None)] + [(f" by {name}", reads, module) for name, (module, reads) in there.items()]
        for by, reads, module in readings:
            try:
                one = reads(paths[0]) if module is None else reads(module, paths[0])
            except Exception as error:  # whatever a reader trips over is what this program is for
                wrong.append(f"{form}{by}: cannot be read: {type(error).__name__}: {error}")
                continue
            if one is None:
                continue
            found.append(f"{form}{by}")
            first = first or one
            if one.codes != first.codes:
                wrong.append(f"{form}{by}: columns {one.codes}, and {first.codes} in the first")
            if len(one.rows) != len(first.rows):
                wrong.append(f"{form}{by}: {len(one.rows)} rows, and {len(first.rows)} in the first")
            differ = [at for at, (row, other) in enumerate(zip(one.rows, first.rows), 1) if row != other]
            if differ:
                wrong.append(f"{form}{by}: {len(differ)} rows differ, the first is row {differ[0]}")
            if one.head and (one.head["checksum"], one.head["citizens"]) != (one.checksum, len(one.rows)):
                wrong.append(f"{form}{by}: its head tells of another list")
    return wrong, found, first


def main(folders):
    there, missing = others()
    is_wrong = False
    for folder in map(pathlib.Path, folders):
        wrong, found, first = compare(folder, there)
        is_wrong |= bool(wrong)
        told = f"{len(first.rows)} rows, {first.checksum[:16]}…" if first else "nothing read"
        print(f"{folder.name}: {told}: {', '.join(found)}")
        for line in wrong:
            print(f"  WRONG {line}")
    print(f"Not there, so that they read nothing: {', '.join(missing)}" if missing else "All other readers were there.")
    return 1 if is_wrong else 0


# --- Self-test -------------------------------------------------------------------------------------------------------------------

ROW = ["00000000c0ffeec0ffeec0ffeec0ffee", "010101-9999", "new", "ny", "Aktiv sag i JSY siden 2024-03-01 og i UUJ siden 2025-01-15.",
       22, ["JSY", "UUJ"], ["JSY-YDELSE", "UUJ-KOORD"], "2024-03-01", 2]


def self_test():
    """Known checksums, and mistakes that must be found."""
    codes = list(HEADERS.values())
    known = "3b04fb917d490f9f3ca12a57004f0f59a2c3e2f7b73117a01714266ab5172abe"
    assert row_checksum(codes, ROW).hex() == known
    assert row_checksum(codes, ROW[:8] + [datetime.date(2024, 3, 1), 2.0]).hex() == known
    assert row_checksum(codes, ROW[:9] + [3]).hex() != known
    for text in ["=1", "+1", "-1", "@a", "\t=1", " =1", "\n=1", "＝1", "0123", "1234567890123456", "12e4", "<r></r>"]:
        assert safe(text) == "'" + text and safe(safe(text)) == safe(text), text
    for text in ["", "0", "123", "010101-9999", "a=b", "e4", "'=1", "<r>"]:
        assert safe(text) == text, text
    assert hybrid(bytes([0b00000011, 0b10001000, 0b11000110, 0b11111010]), 3, 8) == list(range(8))
    assert hybrid(bytes([10, 1, 4, 0]), 1, 7) == [1] * 5 + [0] * 2
    head = {"columns": [{"code": code} for code in codes], "citizens": 1,
            "checksum": hashlib.sha256(row_checksum(codes, ROW)).hexdigest()}
    citizen = dict(zip(codes, ROW))
    line = ";".join(canonical(code, value) for code, value in zip(codes, ROW))
    good_csv = "\ufeff" + ";".join(HEADERS) + "\r\n" + line + "\r\n"
    dump = lambda value: json.dumps(value, ensure_ascii=False)
    good_ndjson = "".join(dump(one) + "\n" for one in (
        {"type": "head", **head}, {"type": "citizen", **citizen}, {"type": "end", "citizens": 1}))
    with tempfile.TemporaryDirectory() as name:
        path = pathlib.Path(name) / "list"

        def reads(reader, text):
            path.write_bytes(text.encode())
            try:
                found = reader(path)
            except (Wrong, ValueError, KeyError):
                return None
            return found.checksum

        assert reads(read_csv, good_csv) == reads(read_ndjson, good_ndjson) == head["checksum"]
        for mistake in (good_csv[1:], good_csv.replace("\r\n", "\n"), good_csv.replace("Alder", "Age"), good_csv.replace(";ny;", ";=ny;"),
                        good_csv.replace(";22;", ";23;"), good_csv.replace(";2\r", "\r")):
            assert reads(read_csv, mistake) != head["checksum"], mistake
        for mistake in (good_ndjson[:-1], good_ndjson.replace('"citizens": 1}\n', '"citizens": 2}\n'),
                        "".join(good_ndjson.splitlines(True)[:2]), good_ndjson.replace('"ny"', '"nye"')):
            assert reads(read_ndjson, mistake) != head["checksum"], mistake
        wrong, _, _ = compare(pathlib.Path(name), {})
        assert len(wrong) == len(FORMS), "five files that are not there"
        (pathlib.Path(name) / "a.csv").write_bytes(good_csv.encode())
        (pathlib.Path(name) / "a.ndjson").write_bytes(good_ndjson.replace('"ny"', '"nye"').encode())
        wrong, found, _ = compare(pathlib.Path(name), {})
        assert found == ["ndjson", "csv"] and len(wrong) == 5, wrong
    print("self-test: known checksums hold, and every mistake was found")
    return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(self_test())
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
