import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ExecOutcome } from "../../../src/cluster/cluster.ts";
import type { ExecHook, HookOutcome, HookReason } from "../../../src/hooks/hook.ts";
import type { PodView } from "../../../src/hooks/pod-view.ts";
import { runHook } from "../../../src/hooks/run-hook.ts";
import { ArkError } from "../../../src/lib/errors.ts";
import { aHook, aPod } from "../../support/hook-builders.ts";
import { exits, hookContext } from "../../support/hook-context.ts";

const never = (): AbortSignal => new AbortController().signal;
const fooAndBar = aPod({ containers: ["foo", "bar"].map((name) => ({ name, running: true })) });

function gist({ status, reason, message, exitCode, started }: HookOutcome): unknown[] {
  return [status, reason, message, exitCode, started];
}

describe("runHook: what is executed (Ark 0.8.1, semantics 7.2)", () => {
  const command = ["some", "command"];
  it("runs in the pod's first container when none is given, without a stdin", async () => {
    const context = hookContext(exits(0));
    const outcome = await runHook(aHook({ command }), fooAndBar, context, never());
    const [{ namespace, pod, container, command: argv, stdin } = {}] = context.requests;
    assert.deepEqual(
      [namespace, pod, container, argv, stdin],
      ["ns", "name", "foo", command, undefined],
    );
    assert.deepEqual(gist(outcome), ["succeeded", undefined, undefined, 0, true]);
    assert.equal(outcome.container, "foo");
  });

  it("runs in the container that is given", async () => {
    const context = hookContext(exits(0));
    const outcome = await runHook(aHook({ container: "bar" }), fooAndBar, context, never());
    assert.equal(context.requests[0]?.container, "bar");
    assert.equal(outcome.container, "bar");
  });

  it("uses each pod's own first container, also for one hook in several pods (7.3)", async () => {
    const context = hookContext(exits(0));
    const hook = aHook();
    for (const name of ["a", "b"]) {
      await runHook(hook, aPod({ containers: [{ name, running: true }] }), context, never());
    }
    assert.deepEqual(
      context.requests.map(({ container }) => container),
      ["a", "b"],
    );
    assert.equal(hook.container, "");
  });
});

describe("runHook: what is refused before the API server is asked", () => {
  const stopped = [{ name: "foo", running: false }];
  const rows: readonly [
    what: string,
    hook: Partial<ExecHook>,
    pod: Partial<PodView>,
    reason: HookReason,
    message: string,
  ][] = [
    [
      "a container the pod has not",
      { container: "bar" },
      {},
      "NoSuchContainer",
      'no such container: "bar"; the pod has foo',
    ],
    [
      "a pod without containers",
      {},
      { containers: [] },
      "NoSuchContainer",
      "need at least 1 container",
    ],
    ["an empty command", { command: [] }, {}, "EmptyCommand", "command is required"],
    [
      "a wrong container before an empty command",
      { container: "x", command: [] },
      {},
      "NoSuchContainer",
      'no such container: "x"; the pod has foo',
    ],
    [
      "a container that does not run",
      {},
      { containers: stopped },
      "ContainerNotRunning",
      'container "foo" is not running (the pod is Running)',
    ],
    [
      "a pending pod",
      {},
      { phase: "Pending" },
      "ContainerNotRunning",
      'container "foo" is not running (the pod is Pending)',
    ],
  ];
  for (const [what, hook, pod, reason, message] of rows) {
    it(`${what}: ${reason}, whatever on-error says`, async () => {
      for (const onError of ["Fail", "Continue"] as const) {
        const context = hookContext(exits(0));
        const outcome = await runHook(aHook({ ...hook, onError }), aPod(pod), context, never());
        assert.deepEqual(gist(outcome), ["failed", reason, message, undefined, false]);
        assert.deepEqual(context.requests, []);
        assert.deepEqual(context.told, [outcome]);
      }
    });
  }
});

describe("runHook: how an exec can end", () => {
  const error = new ArkError("Forbidden", "you may not exec");
  const rows: readonly [end: ExecOutcome, gist: unknown[]][] = [
    [{ kind: "exited", exitCode: 0 }, ["succeeded", undefined, undefined, 0, true]],
    [
      { kind: "exited", exitCode: 137 },
      ["failed", "ExitCode", "command terminated with exit code 137", 137, true],
    ],
    [{ kind: "rejected", error }, ["failed", "Rejected", "you may not exec", undefined, false]],
    [
      { kind: "failed", message: "hook error" },
      ["failed", "ExecFailed", "hook error", undefined, true],
    ],
    [
      { kind: "unknown", message: "no status" },
      ["failed", "OutcomeUnknown", "outcome unknown: no status", undefined, true],
    ],
    [
      { kind: "aborted", started: true },
      ["failed", "Interrupted", "interrupted; the process was ended (TERM)", undefined, true],
    ],
    [
      { kind: "aborted", started: false },
      ["failed", "Interrupted", "interrupted", undefined, false],
    ],
  ];
  for (const [end, expected] of rows) {
    it(`${JSON.stringify(end)} is ${expected.slice(0, 2).join(" ")}`, async () => {
      const context = hookContext(() => end);
      assert.deepEqual(gist(await runHook(aHook(), aPod(), context, never())), expected);
      assert.equal(context.requests.length, 1, "nothing is tried twice");
      assert.equal(context.clock.sleeping, 0, "no timer is left");
    });
  }

  it("takes an exec that throws against its contract as an unknown outcome", async () => {
    const context = hookContext(() => {
      throw new Error("bug");
    });
    const outcome = await runHook(aHook(), aPod(), context, never());
    assert.deepEqual(gist(outcome).slice(0, 3), [
      "failed",
      "OutcomeUnknown",
      "outcome unknown: bug",
    ]);
    assert.equal(outcome.started, true);
  });

  it("keeps the output of both streams, and the head and tail of an endless one", async () => {
    const context = hookContext(({ onStdout, onStderr }) => {
      void onStderr?.(new TextEncoder().encode("warn\n"));
      const piece = new Uint8Array(64 * 1024).fill(0x61);
      for (let count = 0; count < 64; count++) void onStdout?.(piece);
      return { kind: "exited", exitCode: 1 };
    });
    const { stdout, stderr } = await runHook(aHook(), aPod(), context, never());
    assert.deepEqual(stderr, { text: "warn\n", totalBytes: 5, omittedBytes: 0 });
    assert.equal(stdout.totalBytes, 4 * 1024 * 1024);
    assert.equal(stdout.omittedBytes, 3 * 1024 * 1024);
  });
});
