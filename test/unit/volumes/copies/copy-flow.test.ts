import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { describe, it } from "node:test";
import { copyByTar } from "../../../../src/volumes/copies/tar-copy.ts";
import { copyBench, GNU } from "../../../support/copy-bench.ts";
import { END_MARK, tarEntry } from "../../../support/tar-bytes.ts";

const source = {
  claim: "shop/data",
  namespace: "shop",
  pod: "db",
  container: "main",
  directory: "/data",
  nestedMounts: [],
};
const aPod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { namespace: "shop", name: "db" },
  spec: { containers: [{ name: "main" }] },
};
const never = new AbortController().signal;

describe("copyByTar: the flow", () => {
  it("holds tar back while the store does not read: a few megabytes wait, however much comes", async () => {
    const archive = Buffer.concat([tarEntry("a", randomBytes(24 * 1024 * 1024)), END_MARK]);
    let sentBytes = 0;
    const bench = copyBench(async (request) => {
      await request.onStderr?.(Buffer.from(GNU));
      for (let at = 0; at < archive.length; at += 32_768) {
        const piece = archive.subarray(at, at + 32_768);
        await request.onStdout?.(piece);
        sentBytes += piece.length;
      }
      return { kind: "exited", exitCode: 0 };
    });
    bench.cluster.add(aPod);
    let storedBytes = 0;
    let mostAheadBytes = 0;
    const outcome = await copyByTar(
      source,
      async (content) => {
        for await (const chunk of content) {
          for (let turn = 0; turn < 20; turn += 1) await setImmediate();
          storedBytes += chunk.length;
          mostAheadBytes = Math.max(mostAheadBytes, sentBytes - storedBytes);
        }
      },
      bench.tools,
      never,
    );
    assert.equal(outcome.kind, "copied");
    assert.ok(mostAheadBytes < 4 * 1024 * 1024, `${mostAheadBytes} bytes were taken ahead`);
  });

  it("fails when no byte has come for ten minutes, however long it went well before", async () => {
    const { cluster, tools, clock } = copyBench(async (request) => {
      for (let minute = 0; minute < 30; minute += 9) {
        await request.onStdout?.(tarEntry("a", "x"));
        await clock.advance(9 * 60_000);
      }
      void clock.advance(60_000);
      return new Promise(() => {});
    });
    cluster.add(aPod);
    const outcome = await copyByTar(source, drop, tools, never);
    assert.deepEqual(outcome, {
      kind: "failed",
      reason: "no data came from tar for 10m0s",
      hint: undefined,
    });
    assert.equal(clock.monotonicMs(), 37 * 60_000);
    assert.equal(clock.sleeping, 0);
  });

  it("breaks off at once what turns out to be no archive, however long it would go on", async () => {
    const { cluster, tools } = copyBench(async (request) => {
      while (true) await request.onStdout?.(Buffer.alloc(32_768, "noise"));
    });
    cluster.add(aPod);
    const outcome = await copyByTar(source, drop, tools, never);
    assert.deepEqual(outcome, {
      kind: "failed",
      reason: "the archive is damaged at byte 0",
      hint: undefined,
    });
  });

  it("says so when it is the store that takes nothing", async () => {
    const held = Promise.withResolvers<void>();
    const { cluster, tools, clock } = copyBench(async (request) => {
      for (let block = 0; block < 8; block += 1) {
        const pending = request.onStdout?.(tarEntry("a", randomBytes(1024 * 1024)));
        if (pending) held.resolve();
        await pending;
      }
      return { kind: "exited", exitCode: 0 };
    });
    cluster.add(aPod);
    const outcome = copyByTar(source, () => new Promise(() => {}), tools, never);
    await held.promise;
    await clock.advance(10 * 60_000);
    await clock.whenSleeping(1);
    await clock.advance(30_000);
    assert.deepEqual(await outcome, {
      kind: "failed",
      reason: "the store took no data for 10m0s",
      hint: undefined,
    });
    assert.equal(clock.sleeping, 0);
  });
});

async function drop(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of content);
}
