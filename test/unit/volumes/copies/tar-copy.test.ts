import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { ArkError } from "../../../../src/lib/errors.ts";
import { copyByTar, type TarOutcome } from "../../../../src/volumes/copies/tar-copy.ts";
import { copyBench, GNU, MemoryFile, type TarScript, tars } from "../../../support/copy-bench.ts";
import type { ExecHandler } from "../../../support/memory-cluster.ts";
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
const noise = randomBytes(3_000_000);
const archive = Buffer.concat([tarEntry("a", noise), END_MARK]);
const never = new AbortController().signal;

function bench(script: TarScript | ExecHandler) {
  const made = copyBench(typeof script === "function" ? script : tars(script));
  made.cluster.add(aPod);
  const file = new MemoryFile();
  const copy = (write = file.write, signal: AbortSignal = never): Promise<TarOutcome> =>
    copyByTar(source, write, made.tools, signal);
  return { ...made, file, copy };
}

function reasonOf(outcome: TarOutcome): string {
  return "reason" in outcome ? outcome.reason : outcome.kind;
}

describe("copyByTar: a copy that succeeds", () => {
  it("stores the archive, compressed, and counts its bytes", async () => {
    const { copy, file, clock } = bench({ stdout: archive });
    const outcome = await copy();
    assert.deepEqual(outcome, {
      kind: "copied",
      startedAt: clock.now(),
      endedAt: clock.now(),
      uncompressedBytes: archive.length,
      warnings: [],
      isIncomplete: false,
    });
    assert.deepEqual(zstdDecompressSync(file.content ?? Buffer.alloc(0)), archive);
    assert.equal(clock.sleeping, 0);
  });

  it("tells how far it is, in bytes of the archive", async () => {
    const { tools, cluster } = bench({ stdout: archive });
    const seen: number[] = [];
    const onProgress = (claim: string, bytes: number): void => {
      assert.equal(claim, "shop/data");
      seen.push(bytes);
    };
    await copyByTar(source, new MemoryFile().write, { ...tools, cluster, onProgress }, never);
    assert.equal(seen.at(-1), archive.length);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
  });

  it("asks for no stdin, and gives the directory as an argument of its own", async () => {
    const { copy, cluster } = bench({ stdout: archive });
    await copy();
    const [request] = cluster.execs;
    assert.equal(request?.stdin, undefined);
    assert.deepEqual(request?.command.slice(0, 2), ["sh", "-c"]);
    assert.deepEqual(request?.command.slice(3), ["kubectl-ark", "/data"]);
  });
});

describe("copyByTar: what must not be kept", () => {
  const cases: readonly [what: string, script: TarScript | ExecHandler, reason: RegExp][] = [
    [
      "an archive that was cut off, although tar exits with 0",
      { stdout: archive.subarray(0, 1_000_000) },
      /cut off after 1000000 bytes/,
    ],
    ["an archive without its last block", { stdout: archive.subarray(0, -512) }, /cut off/],
    ["output that is no archive", { stdout: Buffer.alloc(100_000, "hello") }, /damaged/],
    [
      "tar's exit code 2 with an unknown error",
      { stdout: archive, exitCode: 2, stderr: `${GNU}tar: disk on fire\n` },
      /disk on fire/,
    ],
    [
      "an exec that ends without a status",
      async (request) => {
        await request.onStdout?.(archive);
        return { kind: "unknown", message: "the connection was cut" };
      },
      /cut off: the connection was cut/,
    ],
    [
      "an exec that throws against its contract",
      async (request) => {
        await request.onStdout?.(archive);
        throw new Error("bug");
      },
      /bug/,
    ],
  ];
  for (const [what, script, reason] of cases) {
    it(`is ${what}: the store's write fails`, async () => {
      const { copy, file, clock } = bench(script);
      const outcome = await copy();
      assert.equal(outcome.kind, "failed");
      assert.match(reasonOf(outcome), reason);
      assert.equal(file.content, undefined);
      assert.ok(file.failure instanceof ArkError);
      assert.equal(clock.sleeping, 0);
    });
  }

  it("is not even begun when tar gives nothing", async () => {
    const { copy, file } = bench({ stderr: "kubectl-ark: none\n", exitCode: 125 });
    assert.deepEqual(await copy(), { kind: "no tar", reason: "it has no tar" });
    assert.equal(file.writes, 0);
  });

  it("is a copy that a signal aborts in the middle", async () => {
    const stop = new AbortController();
    const { copy, file, clock } = bench(async (request) => {
      await request.onStdout?.(archive.subarray(0, 600_000));
      stop.abort();
      return new Promise(() => {});
    });
    const outcome = await copy(undefined, stop.signal);
    assert.deepEqual(outcome, { kind: "failed", reason: "interrupted" });
    assert.equal(file.content, undefined);
    assert.match(String(file.failure), /interrupted/);
    assert.equal(clock.sleeping, 0);
  });

  it("is a copy whose signal was aborted before", async () => {
    const { copy, file } = bench({ stdout: archive });
    assert.equal((await copy(undefined, AbortSignal.abort())).kind, "failed");
    assert.equal(file.writes, 0);
  });
});

describe("copyByTar: a store that fails", () => {
  it("ends the exec, and is the reason", async () => {
    const { copy, cluster } = bench({ stdout: archive });
    const outcome = await copy(async (content) => {
      for await (const _ of content) throw new ArkError("StoreUnavailable", "no space left");
    });
    assert.deepEqual(outcome, {
      kind: "failed",
      reason: "the copy could not be stored: no space left",
      hint: undefined,
    });
    assert.equal(cluster.execs.length, 1);
  });

  it("fails the copy also when it says nothing and stops reading", async () => {
    const { copy } = bench({ stdout: archive });
    const outcome = await copy(async (content) => {
      for await (const _ of content) break;
    });
    assert.match(reasonOf(outcome), /could not be stored: it was not read to its end/);
  });

  it("fails the copy when it fails after the last byte", async () => {
    const { copy } = bench({ stdout: archive });
    const outcome = await copy(async (content) => {
      for await (const _ of content);
      throw new Error("cannot sync");
    });
    assert.match(reasonOf(outcome), /cannot sync/);
  });

  it("is waited for no longer than half a minute once the copy has failed", async () => {
    const { copy, clock } = bench({ stdout: archive.subarray(0, 600_000) });
    const outcome = copy(() => new Promise(() => {}));
    await clock.whenSleeping(2);
    await clock.advance(30_000);
    assert.match(reasonOf(await outcome), /cut off/);
    assert.equal(clock.sleeping, 0);
  });
});
