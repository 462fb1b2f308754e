import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { suite, test } from "node:test";
import { createStatusLine } from "../../../../src/cli/print/status-line.ts";

function device(isTTY: boolean) {
  let written = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString();
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 20 }), written: () => written };
}

suite("the status line", () => {
  test("is not there without a terminal: lines only", () => {
    const { stream, written } = device(false);
    const status = createStatusLine(stream);
    status.live("working");
    status.line("done");
    status.end();
    assert.equal(written(), "done\n");
  });

  test("is written over in a terminal and gone in the end", () => {
    const { stream, written } = device(true);
    const status = createStatusLine(stream);
    status.live("working");
    status.line("a line");
    status.end();
    assert.equal(written(), "\r\u001b[2Kworking\r\u001b[2Ka line\nworking\r\u001b[2K");
  });

  test("is cut to the terminal's width, or it could not be written over", () => {
    const { stream, written } = device(true);
    createStatusLine(stream).live("x".repeat(100));
    assert.equal(written(), `\r\u001b[2K${"x".repeat(19)}`);
  });
});
