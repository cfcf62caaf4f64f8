#!/usr/bin/env python3
"""Verifies a log of glasplade with nothing of glasplade in it: Python 3, its standard library, and the published formats.

    verify_log.py DIR VKEY [KEPT_CHECKPOINT ...]      0: whole, 1: not what was written, 2: could not be looked at
    verify_log.py --self-test                         the test vectors of RFC 8032 and RFC 6962

Formats: C2SP signed-note, tlog-checkpoint and tlog-tiles; RFC 6962 hashes; RFC 8032 Ed25519 (slow and plain). The segments are `4 bytes length, 78 bytes leaf, sealed entry`, one after the other; a leaf is
`format 1, class, day (4), number (8), microseconds (8), key (16), first of its group (8), SHA-256 of the sealed entry (32)`, big-endian.
"""
import base64
import hashlib
import os
import re
import sys

LEAF = 78


class Broken(Exception):
    """The log is not what was written."""


def want(holds, what):
    if not holds:
        raise Broken(what)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# --- Ed25519 (RFC 8032, section 5.1)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    c, d = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    e, f = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    g, h, i, j = d - c, f - e, f + e, d + c
    return (g * h % P, i * j % P, h * i % P, g * j % P)


def times(number, point):
    out = (0, 1, 1, 0)
    while number:
        if number & 1:
            out = add(out, point)
        point = add(point, point)
        number >>= 1
    return out


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)  # a root of it, or of its negative
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def verifies(public, text, signature):
    if len(signature) != 64:
        return False
    key, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(k, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- notes and checkpoints

def strict64(text):
    data = base64.b64decode(text, validate=True)
    want(base64.b64encode(data).decode() == text, "base64 has one spelling")
    return data


def read_key(vkey):
    name, ident, key = vkey.split("+", 2)
    data = strict64(key)
    want(len(data) == 33 and data[0] == 1, "an Ed25519 key is wanted")
    want(sha(name.encode(), b"\n", data)[:4].hex() == ident, "the key's identifier is another key's")
    return name, bytes.fromhex(ident), data[1:]


def read_checkpoint(data, key):
    try:
        text, _, signatures = data.decode("utf-8").rpartition("\n\n")
        text += "\n"
        origin, size, root = text[:-1].split("\n")
        found = False
        want(signatures.endswith("\n"), "a note ends with a line end")
        for line in signatures[:-1].split("\n"):
            match = re.fullmatch("\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)", line)
            want(match, "a line of signature")
            sig = strict64(match[2])
            if match[1] == key[0] and sig[:4] == key[1]:
                want(verifies(key[2], text.encode(), sig[4:]), "the signature is bad")
                found = True
        want(found and origin == key[0], "the checkpoint is not signed by this log's key")
        want(re.fullmatch("0|[1-9][0-9]*", size), "a size")
        root = strict64(root)
    except (ValueError, UnicodeDecodeError) as error:
        raise Broken(f"no checkpoint: {error}") from error
    return int(size), root


# --- the tree

def root_of(leaves):
    """RFC 6962, section 2.1, with subtrees on a stack: (height, hash)."""
    stack = []
    for leaf in leaves:
        stack.append((0, leaf))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            (height, left), (_, right) = stack[-2:]
            stack[-2:] = [(height + 1, sha(b"\x01", left, right))]
    out = stack.pop()[1] if stack else sha()
    while stack:
        out = sha(b"\x01", stack.pop()[1], out)
    return out


def tile_path(index):
    text = f"{index % 1000:03}"
    while index >= 1000:
        index //= 1000
        text = f"x{index % 1000:03}/{text}"
    return text


def check_tiles(folder, size, leaves, hashes):
    """Every file under tile/, and no other."""
    wanted = {}

    def want_level(name, items):
        for start in range(0, len(items), 256):
            part = items[start:start + 256]
            wanted[f"{name}/{tile_path(start // 256)}"] = part

    want_level("entries", [LEAF.to_bytes(2, "big") + leaf for leaf in leaves])
    level, items = 0, hashes
    while items:
        want_level(str(level), items)
        items = [root_of(items[at:at + 256]) for at in range(0, len(items) - 255, 256)]
        level += 1
    seen = set()
    for base, _, files in os.walk(os.path.join(folder, "tile")):
        for file in files:
            path = os.path.join(base, file)
            name = os.path.relpath(path, os.path.join(folder, "tile"))
            match = re.fullmatch(r"(.*)\.p/([1-9][0-9]{0,2})", name)
            stem, width = (match[1], int(match[2])) if match else (name, 256)
            items = wanted.get(stem, [])
            want(len(items) >= width and (width < 256 or not match), f"{name} belongs to no tree of this log")
            with open(path, "rb") as data:
                want(data.read() == b"".join(items[:width]), f"{name} says something else than the records")
            seen.add((stem, width))
    for stem, items in wanted.items():
        want((stem, len(items)) in seen, f"{stem} is missing")


# --- the records

def read_leaves(folder):
    names = sorted(name for name in os.listdir(folder) if re.fullmatch(r"audit-[0-9]{20}\.seg", name))
    leaves = []
    for name in names:
        want(int(name[6:26]) == len(leaves) + 1, f"{name}: records are missing before it")
        with open(os.path.join(folder, name), "rb") as data:
            bytes_ = data.read()
        at = 0
        while at < len(bytes_):
            length = int.from_bytes(bytes_[at:at + 4], "big")
            body = bytes_[at + 4:at + 4 + length]
            want(len(body) == length >= LEAF + 32, f"{name}: a record has no end")
            leaf, sealed = body[:LEAF], body[LEAF:]
            want(leaf[0] == 1 and int.from_bytes(leaf[6:14], "big") == len(leaves) + 1, f"{name}: not the next record")
            want(1 <= int.from_bytes(leaf[38:46], "big") <= len(leaves) + 1, f"{name}: no group of records")
            want(leaf[46:] == sha(sealed), f"{name}: the sealed entry was changed")
            leaves.append(leaf)
            at += 4 + length
    return leaves


def verify(folder, vkey, kept_files):
    key = read_key(vkey)
    tlog = os.path.join(folder, "tlog")

    def checkpoint(path):
        with open(path, "rb") as data:
            return read_checkpoint(data.read(), key)

    try:
        size, root = checkpoint(os.path.join(tlog, "checkpoint"))
        days = os.path.join(tlog, "checkpoints")
        kept = [checkpoint(path) for path in kept_files + [os.path.join(days, day) for day in os.listdir(days)]]
    except FileNotFoundError as error:
        raise Broken(f"missing: {error.filename}") from error
    leaves = read_leaves(folder)
    want(len(leaves) == size, f"{len(leaves)} records, {size} are signed")
    hashes = [sha(b"\x00", leaf) for leaf in leaves]
    want(root_of(hashes) == root, "the checkpoint does not fit the records")
    for kept_size, kept_root in kept:
        want(kept_size <= size, f"rolled back: a checkpoint has seen {kept_size} records")
        want(root_of(hashes[:kept_size]) == kept_root, "the history before a kept checkpoint was rewritten")
    check_tiles(tlog, size, leaves, hashes)
    return size


def self_test():
    vector = ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
              "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe"
              "24655141438e7a100b")
    public, text, signature = map(bytes.fromhex, vector)
    assert verifies(public, text, signature) and not verifies(public, b"x", signature)
    leaves = map(bytes.fromhex, ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", bytes(range(96, 112)).hex()))
    known = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert root_of([sha(b"\x00", leaf) for leaf in leaves]).hex() == known
    assert tile_path(1234067) == "x001/x234/067"


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["--self-test"]:
            self_test()
            print("the vectors hold")
        else:
            print(f"whole: {verify(sys.argv[1], sys.argv[2], sys.argv[3:])} records")
    except Broken as broken:
        print(f"NOT what was written: {broken}", file=sys.stderr)
        sys.exit(1)
    except (IndexError, OSError, ValueError) as error:
        print(f"could not be verified: {error}\n{__doc__}", file=sys.stderr)
        sys.exit(2)
