"""A second verifier of bundles, written from docs/LEDGER-FORMAT.md alone, with the standard library of Python 3.9 or later.

    python3 tests/bundle_verifier.py VERIFIER-KEY BUNDLE...

Checks the container, the manifest, the signature of the checkpoint, the tree, the chains, the list of all chains, and what
opens commitments. It does not run contracts, and it checks no quorum. It prints one line for each bundle, `valid` or why not,
and exits with 1 unless all are valid.
"""

import base64
import datetime
import hashlib
import json
import sys
import uuid

MAGIC = b"OLE1"
CHAIN_TAG = b"outcome-ledger/chain/v1\0"
COMMITMENT_TAG = b"outcome-ledger/commitment/v1\0"
LOG_TAG = b"outcome-ledger/log/v1\0"
NETWORK_TAG = b"outcome-ledger/network/v1\0"
AGREEMENT_TAG = b"outcome-ledger/agreement/v1\0"
AMENDMENT_TAG = b"outcome-ledger/amendment/v1\0"
CONTRACT_AMENDED, HEADS_RECORDED, AMENDMENT_PROPOSED = 5, 21, 27
# Commitment field by the file of a contract.
FIELDS = {"subjects": 1, "facts": 2, "lines": 3}


class Wrong(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Wrong(what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def u64(number):
    return number.to_bytes(8, "big")


class Reader:
    def __init__(self, data, name):
        self.data, self.at, self.name = data, 0, name

    def take(self, length):
        need(self.at + length <= len(self.data), f"{self.name} ends too early")
        self.at += length
        return self.data[self.at - length : self.at]

    def number(self, length, signed=False):
        return int.from_bytes(self.take(length), "big", signed=signed)

    def more(self):
        return self.at < len(self.data)


# Ed25519, RFC 8032, section 5.1.7, without cofactor; points in extended coordinates.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def point(data):
    y = int.from_bytes(data, "little") & (2**255 - 1)
    need(y < P, "a point of the curve is not written in its one form")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    need((x * x - square) % P == 0, "a key or signature is no point of the curve")
    if x & 1 != data[31] >> 7:
        x = P - x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_holds(key, text, signature):
    if len(signature) != 64:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    left, right = times(scalar, BASE), add(point(signature[:32]), times(challenge, point(key)))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# Trees, RFC 6962, section 2.1; proofs as RFC 9162, sections 2.1.3.2 and 2.1.4.2, verifies them.
def leaf_hash(data):
    return sha256(b"\0", data)


def node_hash(left, right):
    return sha256(b"\1", left, right)


def root_of(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def included(leaf, index, size, proof, root):
    if index >= size:
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def continues(old_size, old_root, size, root, proof):
    if old_size == 0 or old_size == size:
        return not proof and old_root == (sha256(b"") if old_size == 0 else root)
    if old_size > size or not proof:
        return False
    proof = ([old_root] if old_size & (old_size - 1) == 0 else []) + proof
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == old_root and new == root


def header(name, length):
    block = bytearray(512)
    for at, text in [
        (0, name.encode()), (100, b"0000644\0"), (108, b"0000000\0"), (116, b"0000000\0"), (124, b"%011o\0" % length),
        (136, b"00000000000\0"), (148, b"        "), (156, b"0"), (257, b"ustar\x0000"),
    ]:
        block[at : at + len(text)] = text
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def unpacked(archive):
    files, reader = {}, Reader(archive, "the archive")
    while True:
        block = reader.take(512)
        if block == bytes(512):
            break
        try:
            name, length = block[:100].split(b"\0")[0].decode(), int(block[124:135], 8)
        except ValueError:
            raise Wrong("a header of the archive cannot be read") from None
        need(length >= 0 and block == header(name, length), f"the header of {name!a} is not the one of the format")
        need(not files or name > list(files)[-1], "names are not in ascending order")
        files[name] = reader.take(length)
        need(not any(reader.take(-length % 512)), f"there is something behind {name}")
    need(reader.take(512) == bytes(512) and not reader.more(), "the archive does not end as it should")
    return files


def signed_head(note, key_text):
    name, key_id, key = key_text.split("+", 2)
    key = base64.b64decode(key, validate=True)
    need(key[0] == 1 and key_id == sha256(name.encode(), b"\n", key)[:4].hex(), "the verifier key is not one")
    text, found, signatures = note.partition("\n\n")
    text += "\n"
    need(found and signatures.endswith("\n"), "the checkpoint is no signed note")
    own = [line.split(" ") for line in signatures[:-1].split("\n")]
    own = [base64.b64decode(line[2]) for line in own if len(line) == 3 and line[:2] == ["—", name]]
    own = [signature[4:] for signature in own if signature[:4].hex() == key_id]
    need(own and signature_holds(key[1:], text.encode(), own[0]), "the log did not sign the checkpoint")
    lines = text.split("\n")
    need(lines[0] == name, "the checkpoint is of another log")
    return name, int(lines[1]), base64.b64decode(lines[2], validate=True)


class Entry:
    def __init__(self, body):
        self.body, self.leaf, reader = body, leaf_hash(body), Reader(body, "an entry")
        need(reader.take(4) == MAGIC, "an entry is of an unknown version")
        self.log, self.chain, self.seq = reader.take(32), reader.take(16), reader.number(8)
        self.prev, self.id, self.kind = reader.take(32), reader.take(16), reader.number(2)
        reader.take(4)
        self.recorded = reader.number(8, signed=True)
        reader.take(32 + 32 + 16)
        self.terms = reader.take(32)
        sums = {}
        for _ in range(reader.number(2)):
            reader.take(17)
            currency = reader.take(4)
            sums[currency] = sums.get(currency, 0) + reader.number(16, signed=True)
        need(not any(sums.values()), "an entry is not balanced")
        self.commitments = {reader.number(2): reader.take(32) for _ in range(reader.number(2))}
        self.payload = reader.take(reader.number(4))
        need(not reader.more(), "an entry goes on behind its end")
        self.hash = sha256(CHAIN_TAG, self.prev, self.leaf)


def logged(files, scope, size, root):
    reader, entries = Reader(files["entries"], "entries"), []
    while reader.more():
        entries.append(Entry(reader.take(reader.number(2))))
    if scope == "log":
        need(len(entries) == size and root_of([entry.leaf for entry in entries]) == root, "the tree is not the signed one")
        for index, entry in enumerate(entries):
            entry.index = index
        return entries
    reader = Reader(files["proofs"], "proofs")
    for entry in entries:
        entry.index = reader.number(8)
        proof = [reader.take(32) for _ in range(reader.number(1))]
        need(included(entry.leaf, entry.index, size, proof, root), f"entry {entry.seq} is not in the signed tree")
    need(not reader.more(), "there are proofs without entries")
    return entries


def check_chains(entries, log, network, in_part):
    ends, names = {}, set()
    for entry in entries:
        need(entry.log == log, "an entry is of another log")
        need(entry.id not in names, "two entries have one name")
        names.add(entry.id)
        seq, previous, recorded = ends.get(entry.chain, (0, bytes(32), -(2**63)))
        if not (in_part and entry.chain == network):
            need(entry.seq == seq + 1, f"a chain goes from position {seq} to {entry.seq}")
        need(entry.seq > seq and entry.recorded >= recorded, "a chain is out of order")
        need(entry.seq != seq + 1 or entry.prev == previous, f"position {entry.seq} does not continue its chain")
        ends[entry.chain] = entry.seq, entry.hash, entry.recorded


def check_heads(files, entries, network, contracts, scope):
    recorded = [entry for entry in entries if entry.chain == network and entry.kind == HEADS_RECORDED]
    if not recorded:
        need(not files["heads"], "there are heads that no entry commits to")
        return
    data, payload = files["heads"], json.loads(recorded[-1].payload)
    heads = [data[at : at + 56] for at in range(0, len(data), 56)]
    need(len(heads) == payload["count"] and heads == sorted(heads), "the list of all chains is not in order")
    need(root_of([leaf_hash(head) for head in heads]) == recorded[-1].commitments[4], "the list of all chains is not the recorded one")
    ends = {entry.chain: u64(entry.seq) + entry.hash for entry in entries if entry.index < payload["size"]}
    for head in heads:
        if scope == "log" or head[:16] in contracts:
            need(ends.get(head[:16]) == head[16:], "a chain does not end as it was recorded")
    need(set(ends) <= {head[:16] for head in heads}, "a chain is not in the list of all chains")


def agreed(files, folder, roles):
    parts = [files[folder + "document"], files[folder + "files.json"], files[folder + "settings.json"], roles]
    return sha256(AGREEMENT_TAG, *[u64(len(part)) + part for part in parts])


def check_versions(files, folder, chain, by_seq):
    proposal = json.loads(by_seq[1].payload)
    roles = json.dumps(proposal["roles"], separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    terms, proposed = agreed(files, folder, roles), {}
    need(terms.hex() == proposal["digest"], "the agreement is not the one that was signed")
    for seq, entry in sorted(by_seq.items())[1:]:
        if entry.kind == AMENDMENT_PROPOSED:
            amendment = json.loads(entry.payload)
            agreement = agreed(files, f"{folder}amendments/{seq}/", roles)
            day = datetime.date.fromisoformat(amendment["effective_on"]) - datetime.date(1970, 1, 1)
            digest = sha256(AMENDMENT_TAG, chain, terms, day.days.to_bytes(4, "big", signed=True), agreement)
            need(agreement.hex() == amendment["agreement"], "an amendment is not the one that was signed")
            need(digest.hex() == amendment["digest"], "the digest of an amendment is another")
            proposed[digest.hex()] = digest
        if entry.kind == CONTRACT_AMENDED:
            terms = proposed[json.loads(entry.payload)["digest"]]
        need(entry.terms == terms, "an entry names another agreement")
    named = {name.split("/")[3] for name in files if name.startswith(folder + "amendments/")}
    need(named == {str(seq) for seq, entry in by_seq.items() if entry.kind == AMENDMENT_PROPOSED}, "amendments that nobody proposed")


def check_contents(files, folder, chain, entries):
    by_seq = {entry.seq: entry for entry in entries if entry.chain == chain}
    check_versions(files, folder, chain, by_seq)
    for name, field in FIELDS.items():
        reader, batches, before = Reader(files[folder + name], name), {}, (0, -1)
        while reader.more():
            seq, item, state, commitment = reader.number(8), reader.number(4), reader.number(1), reader.take(32)
            need((seq, item) > before and state < 3, f"{name} are not in order")
            before = seq, item
            if state == 1:
                salt, content = reader.take(32), reader.take(reader.number(4))
                place = chain + by_seq[seq].id + field.to_bytes(2, "big") + item.to_bytes(4, "big")
                opened = sha256(COMMITMENT_TAG, salt, place, u64(len(content)), content)
                need(opened == commitment, f"{name}, position {seq}, item {item}: the content is not the one committed to")
            batch = batches.setdefault(seq, [])
            need(item == len(batch), f"{name}, position {seq}: item {len(batch)} is missing")
            batch.append(leaf_hash(commitment))
        roots = {seq: entry.commitments[field] for seq, entry in by_seq.items() if field in entry.commitments}
        need({seq: root_of(batch) for seq, batch in batches.items()} == roots, f"{name} are not those that entries commit to")


def check(archive, key):
    files = unpacked(archive)
    manifest = json.loads(files["manifest.json"])
    written = json.dumps(manifest, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    need(written == files["manifest.json"], "the manifest is not written in its one form")
    need(manifest["version"] == "outcome-ledger/bundle/v1", "the version is unknown")
    others = {name: {"bytes": len(data), "sha256": sha256(data).hex()} for name, data in files.items() if name != "manifest.json"}
    need(others == manifest["files"], "the manifest does not describe the files")
    origin, size, root = signed_head(files["checkpoint"].decode(), key)
    founded = manifest["founded_at"].to_bytes(8, "big", signed=True)
    log = sha256(LOG_TAG, u64(len(origin.encode())), origin.encode(), founded)
    network = sha256(NETWORK_TAG, log)[:16]
    scope = manifest["scope"]
    need(scope in ("contract", "log"), "the scope is unknown")
    entries = logged(files, scope, size, root)
    need(len(entries) == manifest["entries"], "the number of entries is another")
    check_chains(entries, log, network, scope == "contract")
    contracts = [uuid.UUID(chain).bytes for chain in manifest["contracts"]]
    need(set(contracts) == {entry.chain for entry in entries} - {network}, "contracts and chains are not the same")
    check_heads(files, entries, network, contracts, scope)
    for chain in contracts:
        check_contents(files, f"contracts/{uuid.UUID(bytes=chain)}/", chain, entries)
    for name in files:
        if name.startswith("consistency/"):
            data = files[name]
            digests = [data[at : at + 32] for at in range(0, len(data), 32)]
            need(continues(int(name[12:]), digests[0], size, root, digests[1:]), f"{name} proves nothing")
    states = {"closed": 0, "erased": 0, "opened": 0}
    need(set(manifest["contents"]) == set(states), "the manifest counts other states")


def main(key, bundles):
    good = True
    for path in bundles:
        with open(path, "rb") as file:
            archive = file.read()
        try:
            check(archive, key)
            print("valid")
        except (Wrong, ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
            good = False
            print(f"invalid: {type(error).__name__}: {error}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
