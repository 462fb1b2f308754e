import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, suite, test } from "node:test";
import { findProgram } from "../../../../src/hooks/check/find-program.ts";
import { systemClock } from "../../../../src/lib/system-clock.ts";
import { pod } from "../../../support/builders.ts";
import { localProcessRuntime } from "../../../support/fake-api-server/local-process-runtime.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";
import { execIn } from "../../../support/memory-exec.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

suite("looking for a program in a container, by a real shell", () => {
  const directory = temporaryDirectory();
  const cluster = new MemoryCluster({
    objects: [pod("shop/db")],
    onExec: execIn(localProcessRuntime(directory)),
  });

  before(async () => {
    await writeFile(join(directory, "runs"), "#!/bin/sh\n");
    await chmod(join(directory, "runs"), 0o755);
    await writeFile(join(directory, "data"), "");
    await mkdir(join(directory, "folder"));
  });

  async function find(program: string) {
    const place = { namespace: "shop", pod: "db", container: "main", program };
    const ports = { cluster, clock: systemClock };
    const search = await findProgram(place, ports, new AbortController().signal);
    return search.kind === "found" ? "found" : `${search.kind}: ${search.message}`;
  }

  for (const [program, expected] of [
    ["sh", "found"],
    ["/bin/sh", "found"],
    ["runs", "found", "in the directory"],
    ["data", 'missing: program "DIR/data" is not executable', "in the directory"],
    ["folder", 'missing: program "DIR/folder" is not executable', "in the directory"],
    ["nothing", 'missing: program "DIR/nothing" does not exist', "in the directory"],
    ["no-such-program", 'missing: program "no-such-program" is not in its PATH'],
    // Builtins of a shell that no runtime can run.
    ["export", 'missing: program "export" is not in its PATH'],
    ["/bin/ls -l", 'missing: program "/bin/ls -l" does not exist'],
    ["*", 'missing: program "*" is not in its PATH'],
    ["-n", 'missing: program "-n" is not in its PATH'],
    ["$(touch x); \"'", 'missing: program "$(touch x); \\"\'" is not in its PATH'],
  ] as const) {
    test(`${program} is ${expected.replace(/:.*/, "")}`, async () => {
      const isInDirectory = ["runs", "data", "folder", "nothing"].includes(program);
      const path = isInDirectory ? join(directory, program) : program;
      assert.equal(await find(path), expected.replace("DIR", directory));
    });
  }
});
