"""What a folder of archives holds, read without any of the program's code, and what is wrong with it.

By the standard: ISO 28500:2017 (WARC 1.1), a gzip member a record, CDXJ indexes beside the files. No part of the
program is used, so that it is judged by somebody else. Runs as: python3 tests/net/warc_check.py FOLDER
"""
import base64
import hashlib
import json
import sys
import zlib
from collections import namedtuple
from pathlib import Path

PIECE = 1 << 14
Record = namedtuple("Record", "type url digest status offset length fields")


def members(path):
    """(offset, length, bytes) of each gzip member; raises where one is torn."""
    whole, offset = path.read_bytes(), 0
    while offset < len(whole):
        member, at, content = zlib.decompressobj(31), offset, b""
        while not member.eof:
            if at >= len(whole):
                raise ValueError(f"{path.name}: the member at {offset} is torn")
            content += member.decompress(whole[at:at + PIECE])
            at += PIECE
        end = min(at, len(whole)) - len(member.unused_data)
        yield offset, end - offset, content
        offset = end


def sha1(content):
    return "sha1:" + base64.b32encode(hashlib.sha1(content).digest()).decode()


def read_record(offset, length, content):
    head, _, block = content.partition(b"\r\n\r\n")
    version, *lines = head.decode().split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines)
    size = int(fields["Content-Length"])
    if version != "WARC/1.1" or block[size:] != b"\r\n\r\n":
        raise ValueError(f"the record at {offset} is not one of WARC/1.1 of {size} bytes")
    block, status, payload = block[:size], None, None
    if fields["WARC-Type"] in ("response", "revisit"):
        http, _, payload = block.partition(b"\r\n\r\n")
        status = http.split(b" ", 2)[1].decode()
    if fields.get("WARC-Block-Digest", sha1(block)) != sha1(block):
        raise ValueError(f"the record at {offset}: its block digest is wrong")
    if fields["WARC-Type"] == "response" and fields.get("WARC-Payload-Digest") != sha1(payload):
        raise ValueError(f"the record at {offset}: its payload digest is wrong")
    return Record(fields["WARC-Type"], fields.get("WARC-Target-URI"), fields.get("WARC-Payload-Digest"), status, offset,
                  length, fields)


def read(folder):
    """All records of the folder's archives, in order; raises on the first fault."""
    out = []
    for path in sorted(Path(folder).glob("*.warc.gz")):
        records = [read_record(*member) for member in members(path)]
        if records and records[0].type != "warcinfo":
            raise ValueError(f"{path.name}: begins with {records[0].type}, not warcinfo")
        ids = [record.fields["WARC-Record-ID"] for record in records]
        known = set(ids)
        if len(known) != len(ids):
            raise ValueError(f"{path.name}: a record's id occurs twice")
        for record in records:
            to = record.fields.get("WARC-Concurrent-To")
            if to and to not in known:
                raise ValueError(f"{path.name}: the record at {record.offset} goes with one that is not there")
        check_index(path, records)
        out += records
    return out


def check_index(path, records):
    """The index names every answer of the file, in order of its keys, and nothing else."""
    lines = path.with_name(path.name.removesuffix(".warc.gz") + ".cdxj").read_text().splitlines()
    if lines != sorted(lines):
        raise ValueError(f"{path.name}: its index is not sorted")
    told = sorted((row["url"], int(row["offset"]), int(row["length"]), row["status"])
                  for row in (json.loads(line.split(" ", 2)[2]) for line in lines))
    held = sorted((r.url, r.offset, r.length, r.status) for r in records if r.type in ("response", "revisit"))
    if told != held:
        raise ValueError(f"{path.name}: its index is of {len(told)} answers, not of these {len(held)}")


def main():
    records = read(sys.argv[1])
    for kind in sorted({record.type for record in records}):
        print(f"{kind:10} {sum(record.type == kind for record in records)}")


if __name__ == "__main__":
    main()
