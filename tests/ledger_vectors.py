"""Writes tests/fixtures/ledger/vectors.json from docs/LEDGER-FORMAT.md alone.

A second implementation of the format, kept apart from the Rust one on purpose. Run it from the repository's root:
`python3 tests/ledger_vectors.py` (standard library only). `--markdown` prints the section of the document instead.
"""

import hashlib
import json
import struct
import sys
from datetime import date, datetime, timezone

ZERO16, ZERO32 = "00" * 16, "00" * 32
KINDS = """party.registered contract.proposed contract.signed contract.activated contract.amended contract.terminated
subjects.enrolled facts.recorded facts.corrected facts.retracted facts.erased settlement.proposed settlement.approved
settlement.posted payment.sent payment.confirmed payment.failed claim.decided dispute.opened dispute.resolved heads.recorded
checkpoint.witnessed""".split()
ACCOUNTS = "accrued payable receivable cash premium reserve".split()
SCALES = {"EUR": 2, "JPY": 0, "BHD": 3}


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def ident(byte):
    return f"{byte:02x}" * 16


def digest(byte):
    return f"{byte:02x}" * 32


def day(text):
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def micros(text):
    gap = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds


def posting_bytes(posting):
    head = bytes.fromhex(posting["party"]) + bytes([ACCOUNTS.index(posting["account"]) + 1])
    money = posting["currency"].encode("ascii") + bytes([SCALES[posting["currency"]]])
    return head + money + int(posting["amount_minor"]).to_bytes(16, "big", signed=True)


def body_bytes(entry):
    raw = bytes.fromhex
    out = b"OLE1" + raw(entry["log"]) + raw(entry["chain"]) + struct.pack(">Q", entry["seq"]) + raw(entry["previous"])
    out += raw(entry["entry"]) + struct.pack(">H", KINDS.index(entry["kind"]) + 1)
    out += struct.pack(">iq", day(entry["effective_on"]), micros(entry["recorded_at"]))
    out += raw(entry["actor"]) + raw(entry["idempotency"]) + raw(entry["corrects"]) + raw(entry["terms"])
    legs = sorted(posting_bytes(posting) for posting in entry["postings"])
    out += struct.pack(">H", len(legs)) + b"".join(legs)
    commits = entry["commitments"]
    out += struct.pack(">H", len(commits))
    out += b"".join(struct.pack(">H", c["field"]) + raw(c["digest"]) for c in commits)
    payload = entry["payload"].encode("utf-8")
    return out + struct.pack(">I", len(payload)) + payload


def leaf(data):
    return sha(b"\x00", data)


def root(leaves):
    if not leaves:
        return sha()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha(b"\x01", root(leaves[:split]), root(leaves[split:]))


def path(index, leaves):
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return path(index, leaves[:split]) + [root(leaves[split:])]
    return path(index - split, leaves[split:]) + [root(leaves[:split])]


def commitment(item):
    content = item["content"].encode("utf-8")
    place = bytes.fromhex(item["chain"] + item["entry"]) + struct.pack(">HIQ", item["field"], item["index"], len(content))
    return sha(b"outcome-ledger/commitment/v1\0", bytes.fromhex(item["salt"]), place, content)


def idempotency(log, key):
    return sha(b"outcome-ledger/idempotency/v1\0", bytes.fromhex(log), struct.pack(">Q", len(key)), key.encode("ascii"))


def batch():
    place = {"chain": ident(0xC1), "entry": ident(0xE2), "field": 7}
    contents = ['{"hba1c":"6.8"}', '{"hba1c":"7.4"}', ""]
    items = [dict(place, index=i, salt=digest(0x51 + i), content=text) for i, text in enumerate(contents)]
    for item in items:
        item["commitment"] = commitment(item).hex()
    leaves = [leaf(bytes.fromhex(item["commitment"])) for item in items]
    return {"items": items, "root": root(leaves).hex(), "proof_of_index_1": [node.hex() for node in path(1, leaves)]}


def entries(batch_root, key_digest):
    common = {"log": digest(0x10), "chain": ident(0xC1), "actor": digest(0xAC), "idempotency": ZERO32, "corrects": ZERO16,
              "terms": ZERO32, "postings": [], "commitments": [], "payload": ""}
    leg = lambda party, account, currency, amount: {
        "party": ident(party), "account": account, "currency": currency, "amount_minor": str(amount)}
    return [
        dict(common, name="a first entry without money", seq=1, entry=ident(0xE1), kind="contract.proposed",
             effective_on="2026-01-01", recorded_at="2026-01-02T03:04:05.678901+00:00"),
        dict(common, name="facts in a batch, written under a key", seq=2, entry=ident(0xE2), kind="facts.recorded",
             effective_on="1969-12-31", recorded_at="2026-01-02T03:04:05.678901+00:00", idempotency=key_digest,
             commitments=[{"field": 7, "digest": batch_root}], payload='{"count":3}'),
        dict(common, name="money in two currencies, correcting the second entry", seq=3, entry=ident(0xE3),
             kind="settlement.posted", effective_on="2026-03-31", recorded_at="2026-04-01T00:00:00+00:00",
             corrects=ident(0xE2), terms=digest(0x7E),
             postings=[leg(0xA1, "payable", "EUR", -1_000_050), leg(0xA2, "receivable", "EUR", 1_000_050),
                       leg(0xA1, "reserve", "JPY", 2**100), leg(0xA2, "cash", "JPY", -(2**100))]),
    ]


def vectors():
    facts = batch()
    key = {"log": digest(0x10), "key": "upload-2026-01", "digest": idempotency(digest(0x10), "upload-2026-01").hex()}
    rows, previous, leaves = entries(facts["root"], key["digest"]), ZERO32, []
    for row in rows:
        row["previous"] = previous
        row["body"] = body_bytes(row).hex()
        leaves.append(leaf(bytes.fromhex(row["body"])))
        row["leaf"] = leaves[-1].hex()
        previous = sha(b"outcome-ledger/chain/v1\0", bytes.fromhex(previous), leaves[-1]).hex()
        row["chain_hash"] = previous
    return {"source": "tests/ledger_vectors.py, from docs/LEDGER-FORMAT.md", "idempotency": key, "batch": facts,
            "entries": rows, "roots_by_size": [root(leaves[:size]).hex() for size in range(len(leaves) + 1)]}


def block(text):
    return "\n".join("    " + text[i : i + 96] for i in range(0, len(text), 96))


def markdown(found):
    say = lambda name, value: print(f"\n{name}:\n\n{block(value)}")
    print("## Worked vectors\n\nThe fields are in `tests/fixtures/ledger/vectors.json`.")
    for number, row in enumerate(found["entries"], 1):
        print(f"\n### Entry {number}: {row['name']}\n")
        print(f"`{row['kind']}`, effective {row['effective_on']}, recorded {row['recorded_at'].replace('+00:00', 'Z')}.")
        for name in ("body", "leaf", "chain_hash"):
            say(name.replace("_", " "), row[name])
    print("\n### Batch of three commitments\n\nField 7 of entry 2; the second entry carries the root.")
    for item in found["batch"]["items"]:
        content = f"`{item['content']}`" if item["content"] else "the empty content"
        say(f"commitment {item['index']}, salt 32 times `{item['salt'][:2]}`, {content}", item["commitment"])
    say("batch root", found["batch"]["root"])
    for number, node in enumerate(found["batch"]["proof_of_index_1"]):
        say(f"proof of commitment 1, node {number}", node)
    print("\n### Idempotency digest and Merkle roots")
    say(f"idempotency digest of `{found['idempotency']['key']}`", found["idempotency"]["digest"])
    for size, value in enumerate(found["roots_by_size"]):
        say(f"root over the first {size} entries", value)


if __name__ == "__main__":
    if "--markdown" in sys.argv:
        markdown(vectors())
    else:
        with open("tests/fixtures/ledger/vectors.json", "w", encoding="utf-8") as file:
            json.dump(vectors(), file, indent=1)
            file.write("\n")
