import assert from "node:assert/strict";
import { test } from "node:test";
import { parseStoreUrl } from "../../../src/store/store-url.ts";

const ACCEPTED = [
  ["/srv/backups", "/srv/backups"],
  ["backups", "/base/backups"],
  ["./a:b", "/base/a:b"],
  ["../b/", "/b"],
  ["./~", "/base/~"],
  ["with space", "/base/with space"],
  ["file:///srv/backups", "/srv/backups"],
  ["file:///srv/with%20space%3F/", "/srv/with space?"],
  ["FILE:///srv", "/srv"],
  ["file://localhost/srv", "/srv"],
] as const;

for (const [text, path] of ACCEPTED) {
  test(`the store ${text} is the directory ${path}`, () => {
    assert.deepEqual(parseStoreUrl(text, "/base"), { kind: "directory", path });
  });
}

const REFUSED = [
  ["", /it is empty/],
  ["a\0b", /NUL/],
  ["s3://bucket/prefix", /no s3: stores/],
  ["S3:bucket", /no s3: stores/],
  ["https://example.org", /no https: stores/],
  ["file:/srv", /three slashes/],
  ["file:srv", /three slashes/],
  ["file://host/srv", /no host/],
  ["file:///a%2Fb", /three slashes/],
  ["file:///a%00b", /cannot be used/],
  ["file:///a?b", /%3F/],
  ["file:///a#b", /%23/],
] as const;

for (const [text, message] of REFUSED) {
  test(`the store ${JSON.stringify(text)} is refused with what could be used instead`, () => {
    assert.throws(() => parseStoreUrl(text, "/base"), {
      code: "Usage",
      message,
      hint: /file:\/\/\/srv/,
    });
  });
}

test("a '~' that the shell left alone is refused rather than made a directory", () => {
  for (const text of ["~", "~/backups"]) {
    assert.throws(() => parseStoreUrl(text, "/base"), { code: "Usage", hint: /\$HOME/ });
  }
});
