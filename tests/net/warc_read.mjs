// Reads WARC files by the npm package warcio and prints a line of JSON for each record: warc_read.mjs FILE…
import {createHash} from "node:crypto";
import {createReadStream} from "node:fs";
import {WARCParser} from "warcio";

const base32 = bytes => {
  let out = "", bits = 0, count = 0;
  for (const byte of bytes) {
    bits = (bits << 8 | byte) & 0xFFFF;
    for (count += 8; count >= 5; count -= 5) out += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[bits >> (count - 5) & 31];
  }
  return out;
};

for (const file of process.argv.slice(2)) {
  const parser = new WARCParser(createReadStream(file));
  for await (const record of parser) {
    const payload = await record.readFully(false);
    const line = {
      type: record.warcType,
      url: record.warcTargetURI,
      status: record.httpHeaders ? String(record.httpHeaders.statusCode) : null,
      offset: parser.offset,
      told: record.warcHeaders.headers.get("WARC-Payload-Digest") ?? null,
      digest: "sha1:" + base32(createHash("sha1").update(payload).digest()),
    };
    console.log(JSON.stringify(line));
  }
}
