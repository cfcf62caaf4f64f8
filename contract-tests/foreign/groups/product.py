"""The programs under test: the fakes, and the product's commands. What they are called and what they take stands here and nowhere else."""

import contextlib
import datetime
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import subprocess

from . import moments
from .read.fasit import token_until

KINDS = ("sbsys", "fasit", "dubu", "case_index", "oio", "persons", "staff_directory")
# Whole: both towns are read now, and what changed between them is registered in the month before.
POLL = ("targets", "poll", "--once", "--whole", "--config", "{config}")
# Goes on where the one before was.
POLL_ON = ("targets", "poll", "--once", "--config", "{config}")
IMPORT = ("staff", "import", "--config", "{config}", "{path}")
# Employees who are citizens of the invented town, too (adapters/fake/README.md).
STAFF = {"az10003": "0810909979", "az10002": "2602809979"}
# Somebody must stand behind the numbers: the demo's list owner.
RUN = ("targets", "run", "{rule}", "--format", "ndjson", "--with-numbers", "--as", "az10011", "--config", "{config}", "--as-of", "{day}")
LAST_LINE = "Ctrl-C stops them."


# What makes pages small in the demo's sources.toml: what stands there, and what stands there instead. Fasit's pages have one size.
SMALL_PAGES = (
    ('client_id = "glasplade",', 'client_id = "glasplade", page_size = 10,'),
    ('cookie = "file:target/demo/dubu-cookie"', 'cookie = "file:target/demo/dubu-cookie", list_rows_max = 10'),
    ('[source.settings]\nsecurity = "none"', '[source.settings]\nlist_page_size = 20\nsecurity = "none"'),
    ("[source.settings.sensitivity_levels]", "[source.settings]\nsearch_page = 10\n\n[source.settings.sensitivity_levels]"),
)
# A page that hangs is not waited for as long as a municipality would.
SHORT_PAGES = "[target_groups.poll]\npage_rows = 20\npage_deadline_s = 10\n"
# A command that takes longer than this hangs, whatever the systems do.
SECONDS = 3600


class Failed(Exception):
    """A command ended with another code than 0."""


class Fakes:
    """The running fakes: where each listens, and where faults are switched."""

    def __init__(self, program, citizens, seed, now, month_later=None):
        command = [program, "fakes", "--citizens", str(citizens), "--seed", str(seed), "--now", now.isoformat(), "--first-port", "0",
                   "--control-port", "0"]
        command += ["--month-later", str(month_later)] if month_later is not None else []
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.bases, self.told = {}, {}
        for line in self.process.stdout:
            words = line.split()
            if words and words[0] in KINDS and words[1].startswith("http"):
                self.bases[words[0]] = words[1]
            if "/faults" in line:
                self.control = re.search(r"http://[^/]+", line)[0]
            if words[:2] == ["dubu:", "Cookie:"]:
                self.told["dubu-cookie"] = line.split("Cookie:")[1].strip()
            client = re.search(r"client (\S+) / (\S+), user (\S+) / (\S+)", line)
            if client:
                self.told["sbsys-client-secret"], self.told["sbsys-password"] = client[2], client[4]
            if line.rstrip().endswith(LAST_LINE):
                break
        missing = set(KINDS) - self.bases.keys()
        if missing:
            self.stop()
            raise SystemExit(f"the fakes did not start: {', '.join(sorted(missing))} did not say where")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


def shipped(repository, folder):
    """A copy of the repository's configuration, which nobody changes meanwhile; stands in for the repository."""
    shutil.copytree(pathlib.Path(repository) / "config", pathlib.Path(folder) / "config")
    return pathlib.Path(folder)


def configuration(repository, folder, state, bases, told, now, has_small_pages=False):
    """A folder of the demo's configuration, pointed at these addresses, and the secrets that it refers to. Small pages: a small town has many."""
    folder, state = pathlib.Path(folder), pathlib.Path(state)
    shutil.copytree(repository / "config", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("demo"))
    shutil.copytree(repository / "config" / "demo", folder, dirs_exist_ok=True)
    text = (folder / "sources.toml").read_text()
    kind = None
    lines = []
    for line in text.splitlines():
        named = re.match(r'kind = "(\w+)"', line)
        kind = named[1] if named else kind
        lines.append(re.sub(r'base_url = "[^"]*"', f'base_url = "{bases[kind]}"', line) if kind in bases else line)
    text = "\n".join(lines) + "\n"
    for large, small in SMALL_PAGES if has_small_pages else ():
        assert text.count(large) == 1, f"the demo's sources.toml no longer says {large!r}"
        text = text.replace(large, small)
    (folder / "sources.toml").write_text(text)
    if has_small_pages:
        service = (folder / "glasplade.toml").read_text()
        assert "[target_groups.poll]" not in service, "the demo says by now how sources are read"
        (folder / "glasplade.toml").write_text(service.replace("[target_groups.lists]", f"{SHORT_PAGES}\n[target_groups.lists]"))
    for path in folder.glob("*.toml"):
        path.write_text(path.read_text().replace("target/demo", str(state)))
    state.mkdir(parents=True, exist_ok=True)
    told = {**told, "fasit-token": token_until(now)}
    for name in ("pseudonym.key", "audit-master.key", "checkpoint.key"):
        if not (state / name).exists():
            told[name] = secrets.token_hex(32)
    for name, value in told.items():
        with open(os.open(state / name, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write(value)
    return folder


def call(program, verb, **names):
    """Runs one command; its standard output. Its standard error comes out, should it fail."""
    command = [program, *(word.format(**names) for word in verb)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode:
        raise Failed(f"{' '.join(command[1:3])} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def poll(program, config, whole=True):
    return call(program, POLL if whole else POLL_ON, config=config)


def import_staff(program, config, folder):
    path = folder / "staff.csv"
    path.write_text("".join(f"{ident};{number}\n" for ident, number in STAFF.items()))
    call(program, IMPORT, config=config, path=path)
    path.unlink()


def run(program, config, rule, day, path):
    path.write_text(call(program, RUN, config=config, rule=rule, day=day.isoformat()), encoding="utf-8")
    return path


@contextlib.contextmanager
def running(*arguments, **named):
    fakes = Fakes(*arguments, **named)
    try:
        yield fakes
    finally:
        fakes.stop()


def now_of(text):
    """The moment of an argument, or the present one."""
    told = moments.moment(text) if text else datetime.datetime.now(moments.UTC)
    if told is None:
        raise SystemExit(f"not a moment: {text}")
    return told.replace(microsecond=0)


def details(path, differences):
    """Who is behind each difference: for the owner of this file alone."""
    with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        json.dump(differences.behind, file, ensure_ascii=False, indent=1, default=str)
