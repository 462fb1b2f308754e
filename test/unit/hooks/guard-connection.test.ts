import assert from "node:assert/strict";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startGuard } from "../../../src/hooks/guard.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { pod } from "../../support/builders.ts";
import { isExecRequest } from "../../support/fake-api-server/faults.ts";
import { localProcessRuntime } from "../../support/fake-api-server/local-process-runtime.ts";
import { aHook } from "../../support/hook-builders.ts";
import { makeServedCluster } from "../../support/make-served-cluster.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const never = new AbortController().signal;

/** The real script in a real shell, behind the real adapter and a fake API server. */
async function serve(env: NodeJS.ProcessEnv = process.env, execProtocols?: readonly string[]) {
  const directory = temporaryDirectory();
  const containerRuntime = localProcessRuntime(directory, env);
  const options = { containerRuntime, ...(execProtocols && { execProtocols }) };
  const { cluster, server, ...rest } = await makeServedCluster(
    { objects: [pod("shop/db")] },
    options,
  );
  const hooks = [
    aHook({ phase: "post", command: ["/bin/sh", "-c", "echo >thawed"], timeoutMs: 5000 }),
  ];
  const place = { namespace: "shop", pod: "db", container: "main" };
  const target = { ...place, hooks, preCommands: [], seesAllPre: true, maxFreezeMs: 60_000 };
  return {
    ...rest,
    cluster,
    server,
    start: () => startGuard(target, { cluster, clock: systemClock }, never),
    isThawed: () => existsSync(join(directory, "thawed")),
    async thawed() {
      while (!existsSync(join(directory, "thawed"))) await pause(20);
    },
  };
}

/** What is there in a container whose PATH has these programs only. */
function pathOf(...programs: readonly string[]): NodeJS.ProcessEnv {
  const directory = temporaryDirectory();
  for (const program of programs) symlinkSync(join("/bin", program), join(directory, program));
  return { PATH: directory };
}

async function onPost(served: Awaited<ReturnType<typeof serve>>) {
  const guard = await served.start();
  if ("unavailable" in guard) throw new Error(guard.unavailable);
  return guard;
}

for (const protocol of ["v5.channel.k8s.io", "v4.channel.k8s.io"]) {
  describe(`a guard over ${protocol}`, { concurrency: true }, () => {
    it("is dismissed", async () => {
      await using served = await serve(process.env, [protocol]);
      const guard = await onPost(served);
      guard.tell("calm");
      assert.deepEqual(await guard.dismiss(), { kind: "dismissed" });
      assert.equal(served.isThawed(), false);
    });

    it("thaws when it is released, though not every protocol can end its stdin", async () => {
      await using served = await serve(process.env, [protocol]);
      const guard = await onPost(served);
      const end = await guard.release();
      assert.ok(end.kind === "thawed" && end.because === "told" && end.succeeded);
      assert.equal(served.isThawed(), true);
    });
  });
}

it("a guard whose connection is cut raises the alarm, and thaws", async () => {
  await using served = await serve();
  served.server.fault({ match: isExecRequest, fault: { kind: "dropAfterOutput" } });
  const guard = await onPost(served);
  const alarm = await guard.alarm;
  assert.ok(alarm.kind === "ended" && alarm.end.kind === "lost");
  await served.thawed();
});

it("a connection that is cut before the guard is on its post: there is none", async () => {
  await using served = await serve();
  served.server.fault({ match: isExecRequest, fault: { kind: "dropBeforeOutput" } });
  const guard = await served.start();
  assert.match("unavailable" in guard ? guard.unavailable : "", /connection/);
});

it("without sh in the container there is no guard", async () => {
  await using served = await serve(pathOf());
  assert.deepEqual(await served.start(), { unavailable: "there is no shell in it" });
});

it("without sleep in the container there is no guard", async () => {
  await using served = await serve(pathOf("sh"));
  assert.deepEqual(await served.start(), { unavailable: "there is no sleep in it" });
});
