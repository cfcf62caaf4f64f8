"""The municipality's configuration, read as data: what is in a folder, and what that folder lacks in the one above it."""

import hashlib
import pathlib
import re
import tomllib

# The rules that `rules.py` knows, by the SHA-256 of their conditions with white space told once. A condition that was rewritten is another rule.
KNOWN = {
    "cross_department": "f968c05dd3a22cc2925e36709fbba3e46a44bf20f0d254b6696852ad5a4dc2fc",
    "family_job_child": "802d20a276beeb84015555fe144a1a4b27185b378711d94346ee5fb213465820",
    "fifty_plus": "49d158c790aa8d92ae29d23cb4a24dcd39277590023a11964450287d07011727",
    "long_cash_benefit": "da98d7dcd4b26349b22fcc37124391aa7ec81c7f3bd0c28efe00918d18b510b9",
    "transition": "f96013dc7e97fb32e933ab8ac09a39a5611eb66be231a9d9d49634fea5c894c6",
}


def fingerprint(condition):
    return hashlib.sha256(" ".join(condition.split()).encode()).hexdigest()


class Settings:
    """`folders` in the order in which a file is looked for; `state` stands for the folder that secrets refer to."""

    def __init__(self, folders, state=None, bases=None):
        self.folders, self.state = [pathlib.Path(folder) for folder in folders], state
        self.sources = self.toml("sources.toml")
        for row in self.connections():
            if bases and row["kind"] in bases:
                row["connection"]["base_url"] = bases[row["kind"]]
        self.departments, self.kinds, self.access = (self.toml(f"{name}.toml") for name in ("departments", "kinds", "access"))
        self.visibility = self.toml("visibility.toml")
        self.approvals = {row["rule"]: row for row in self.toml("target-groups/approvals.toml").get("approval", [])}
        self.rules = {code: self.toml(f"target-groups/{code}.toml") for code in KNOWN}
        by = lambda rows, key: {row[key]: row for row in rows}
        self.kind, self.category = by(self.kinds["kind"], "code"), by(self.access["category"], "code")
        self.department, self.unit = by(self.departments["department"], "code"), by(self.departments["unit"], "code")
        self.statute, self.role = by(self.access["statute"], "id"), by(self.access["role"], "code")
        self.purpose, self.basis = by(self.access["purpose"], "code"), by(self.access["legal_basis"], "id")
        self.source = by(self.sources["source"], "id")

    def toml(self, name):
        for folder in self.folders:
            if (folder / name).exists():
                return tomllib.loads((folder / name).read_text())
        raise FileNotFoundError(name)

    def connections(self):
        return [*self.sources["source"], *([self.sources[one] for one in ("person_register", "staff_directory") if one in self.sources])]

    def secret(self, reference):
        """What a `file:` reference leads to."""
        path = reference.removeprefix("file:")
        if self.state:
            path = path.replace("target/demo", str(self.state))
        return pathlib.Path(path).read_text().strip()

    def unknown_rules(self):
        """Rules whose condition is another than the one that this program computes."""
        return [code for code, rule in self.rules.items() if fingerprint(rule["condition"]) != KNOWN[code]]

    def why_off(self, code, day):
        """Why this rule must not run; none when it may. Unconfirmed means off."""
        approval = self.approvals.get(code)
        if approval is None:
            return "no approval"
        statute = self.statute.get(approval["statute"])
        purpose = self.purpose["target_group"]
        if str(approval["until"]) < day.isoformat():
            return "the approval is over"
        for what, row in (("statute", statute), ("purpose", purpose)):
            if row is None or not row.get("confirmation") or row.get("enabled") is False or not row.get("basis"):
                return f"the {what} is not confirmed"
            first, last = row.get("valid_from"), row.get("valid_to")
            if (first and str(first) > day.isoformat()) or (last and str(last) < day.isoformat()):
                return f"the {what} does not hold on that day"
        receiver = self.unit[approval["receiver"]]
        if "target_group" not in statute["purposes"] or not {receiver["code"], receiver["department"]} & set(statute["to"]):
            return "the statute is for another receiver"
        return None


def same_words(text):
    return re.sub(r"\s+", " ", text).strip().casefold()
