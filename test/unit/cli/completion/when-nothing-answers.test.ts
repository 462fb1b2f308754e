import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, suite, test } from "node:test";
import * as fc from "fast-check";
import { answerCompletion } from "../../../../src/cli/completion/answer-completion.ts";
import { declare } from "../../../../src/cli/program.ts";
import { createDirectoryStore } from "../../../../src/store/directory/directory-store.ts";
import { pod } from "../../../support/builders.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { completionSession, parseCompletion } from "../../../support/completion-session.ts";
import { publishBackup } from "../../../support/publish-backup.ts";

const { complete, completeWith, home, server } = await completionSession();
const always = { match: () => true, times: Infinity };
const nothing = { words: [], directive: 4 };
const asked = [
  ["hooks", "set", "pod/"],
  ["hooks", "set", "pod/db-0", "-c", ""],
  ["backup", "--include-resources", ""],
  ["backup", "--snapshot-class="],
];

/** Tab at the end of `words`, with less patience than a person has. */
async function completeWithin(
  limitMs: number,
  words: readonly string[],
  env: Readonly<Record<string, string>> = { KUBECONFIG: join(home, "kubeconfig") },
) {
  const context = capturedContext({ home, env });
  const all = ["__complete", ...words];
  const code = await answerCompletion(
    all,
    (yargs) => declare(yargs, context, {}),
    context,
    limitMs,
  );
  return { code, ...parseCompletion(context.output()), stderr: context.errors() };
}

/** Resolves when there is no such process any more. */
async function ended(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function kubeconfigFile(name: string, content: unknown): string {
  const path = join(home, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

suite("completion when something is wrong", () => {
  beforeEach(() => server.clearFaults());

  const answers = [401, 403, 404, 429, 500, 503];
  for (const status of answers) {
    test(`${status}: no words, and one request only`, async () => {
      const response = { status, headers: { "retry-after": "1" }, body: "{}" };
      server.fault({ ...always, fault: { kind: "respond", response } });
      for (const words of asked) {
        const before = server.requests.length;
        const { stderr, ...answer } = await complete(...words);
        assert.deepEqual([answer.words, answer.directive], [[], 4], words.join(" "));
        assert.match(stderr, /^no completion: .+\n$/);
        // Discovery is two documents.
        assert.ok(server.requests.length - before <= 2, words.join(" "));
      }
    });
  }

  test("answers that are not what was asked for", async () => {
    for (const body of ["", "[]", "null", '{"rows":[{"cells":[7]},3,{}],"items":0}', "<html>"]) {
      const response = { status: 200, headers: {}, body };
      server.fault({ ...always, fault: { kind: "respond", response } });
      for (const words of asked) {
        const { words: found, directive } = await complete(...words);
        assert.deepEqual([found, directive], [[], 4], `${body} for ${words.join(" ")}`);
      }
      server.clearFaults();
    }
  });

  test("a server that never answers is not waited for longer than the time limit", async () => {
    server.fault({ ...always, fault: { kind: "neverAnswer" } });
    const { code, stderr, words, directive } = await completeWithin(100, ["hooks", "set", "pod/"]);
    assert.deepEqual({ words, directive }, nothing);
    assert.equal(code, 0);
    assert.equal(stderr, "no completion: no answer within 0.1 s\n");
  });

  test("a kubeconfig that is a pipe, to which nobody may ever write, is not read", async () => {
    const pipe = join(home, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const source of ["--context", "-n"]) {
      const typed = await complete("backup", "--kubeconfig", pipe, source, "");
      assert.match(typed.stderr, /pipe is a pipe, which is not read/);
      const env = { KUBECONFIG: `${join(home, "absent")}:${pipe}` };
      assert.match((await completeWith({ env }, "backup", source, "")).stderr, /is a pipe/);
    }
  });

  test("a credential plugin that hangs is ended; it cannot ask the user", async () => {
    const plugin = join(home, "plugin");
    writeFileSync(plugin, '#!/bin/sh\necho $$ >"$0.pid"\nexec sleep 60\n');
    chmodSync(plugin, 0o755);
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: plugin,
      interactiveMode: "IfAvailable",
    };
    const file = kubeconfigFile("plugin.json", {
      "current-context": "a",
      clusters: [{ name: "a", cluster: { server: server.url, "insecure-skip-tls-verify": true } }],
      users: [{ name: "a", user: { exec } }],
      contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    });
    const { words, stderr } = await completeWithin(500, ["hooks", "get", "pod/"], {
      KUBECONFIG: file,
      PATH: process.env["PATH"] ?? "",
    });
    assert.deepEqual(words, []);
    assert.match(stderr, /no answer within/);
    await ended(Number(readFileSync(`${plugin}.pid`, "utf8")));
  });

  test("no kubeconfig, one that is no kubeconfig, no such context", async () => {
    const broken = kubeconfigFile("broken.json", "nonsense");
    for (const env of [{ KUBECONFIG: "" }, { KUBECONFIG: broken }, { KUBECONFIG: home }]) {
      for (const words of asked) {
        const answer = await completeWith({ env }, ...words);
        assert.deepEqual([answer.words, answer.directive], [[], 4]);
      }
    }
    assert.deepEqual((await complete("hooks", "set", "--context=x", "pod/")).words, []);
  });

  test("a store that cannot be read, and one of a kind that there is not", async () => {
    const file = join(home, "file");
    writeFileSync(file, "");
    for (const store of [file, "s3://bucket", join(file, "below"), "\0"]) {
      const { words, directive } = await complete("backup", "describe", "--store", store, "");
      assert.deepEqual({ words, directive }, nothing, store);
    }
  });
});

suite("completion with hostile names", () => {
  beforeEach(() => server.clearFaults());

  test("what would do something to the terminal is left out, and so is what would be two words or lines", async () => {
    const names = ["ok", "a\u001b[2J", "b\nx", "c\ty", "d\u202ee", "\u0007", ":0", "e\u009bm", ""];
    const rows = names.map((name) => ({ cells: [name] }));
    const response = { status: 200, headers: {}, body: JSON.stringify({ rows }) };
    server.fault({ ...always, fault: { kind: "respond", response } });
    const { words, directive } = await complete("hooks", "get", "pods", "");
    assert.deepEqual([words, directive], [["ok", ":0"], 4]);
    const file = kubeconfigFile("hostile.json", {
      contexts: names.map((name) => ({ name, context: {} })),
    });
    assert.deepEqual((await complete("backup", "--kubeconfig", file, "--context", "")).words, [
      "ok",
      ":0",
    ]);
  });

  test("directories of the store that are no backups", async () => {
    const store = join(home, "hostile-store");
    await publishBackup(createDirectoryStore(store), "real");
    for (const name of ["empty", "x\u001b]0;title", "-rf"]) mkdirSync(join(store, "backups", name));
    assert.deepEqual((await complete("backup", "logs", "--store", store, "")).words, ["real"]);
  });

  test("a message of the server is one harmless line", async () => {
    const message = "no\u001b[31m\nway";
    const body = JSON.stringify({ kind: "Status", status: "Failure", message, code: 403 });
    server.fault({
      ...always,
      fault: { kind: "respond", response: { status: 403, headers: {}, body } },
    });
    const { stderr } = await complete("hooks", "set", "pod/");
    assert.ok(!stderr.includes("\u001b") && stderr.indexOf("\n") === stderr.length - 1, stderr);
  });

  test("whatever is typed, the answer is the protocol", async () => {
    server.put(pod("shop/db-0"));
    const piece = fc.oneof(
      fc.constantFrom(
        "backup",
        "hooks",
        "set",
        "--",
        "-",
        "-n",
        "--store=",
        "pod/",
        "-c",
        "--dry-run",
        "=",
      ),
      fc.constantFrom(
        "__proto__",
        "--__proto__",
        "--constructor=x",
        "toString",
        "--pre",
        "-vvv",
        "$0",
      ),
      fc.string({ unit: "binary", maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (words) => {
        await complete(...words);
      }),
      { numRuns: 150 },
    );
  });
});
