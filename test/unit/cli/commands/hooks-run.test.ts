import assert from "node:assert/strict";
import { beforeEach, suite, test } from "node:test";
import { arkSession } from "../../../support/ark-session.ts";
import { deployment, pod } from "../../../support/builders.ts";

const ark = await arkSession();

function hooked(pre: readonly string[], post: readonly string[]): Record<string, string> {
  return {
    "pre.hook.backup.ark.heptio.com/command": JSON.stringify(pre),
    "post.hook.backup.ark.heptio.com/command": JSON.stringify(post),
  };
}

const freeze = hooked(["fsfreeze", "--freeze", "/d"], ["fsfreeze", "--unfreeze", "/d"]);
const run = (...words: readonly string[]) => ark.run("hooks", "run", "--guard=off", ...words);

suite("hooks run", () => {
  beforeEach(() => {
    ark.server.put(pod("shop/db", { annotations: freeze, labels: { app: "db" } }));
    ark.server.put(pod("shop/web"));
  });

  test("runs the pre hooks and then the post hooks, and says how long the pod was frozen", async () => {
    const { code, stdout, stderr } = await run("pod/db");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^pre hook of shop\/db, container \S+: succeeded/m);
    assert.match(stdout, /^post hook of shop\/db, container \S+: succeeded/m);
    assert.match(stdout, /^shop\/db: frozen for \d+ ms, guard: off$/m);
    assert.equal(ark.server.frozen.size, 0);
  });

  test("streams what the hooks say, line by line, with where it comes from", async () => {
    const annotations = hooked(["sh", "-c", "echo one; echo two >&2"], ["echo", "three"]);
    ark.server.put(pod("shop/chatty", { annotations }));
    const { stdout } = await run("pod/chatty");
    assert.match(stdout, /^\[shop\/chatty pre stdout\] one$/m);
    assert.match(stdout, /^\[shop\/chatty pre stderr\] two$/m);
    assert.match(stdout, /^\[shop\/chatty post stdout\] three$/m);
  });

  test("runs the post hooks also after a failed pre hook, and exits with 1", async () => {
    const script = "fsfreeze --freeze /d; exit 3";
    const annotations = hooked(["sh", "-c", script], ["fsfreeze", "--unfreeze", "/d"]);
    ark.server.put(pod("shop/half", { annotations }));
    const { code, stdout, stderr } = await run("pod/half");
    assert.equal(code, 1);
    assert.match(stdout, /pre hook of shop\/half.*: failed: command terminated with exit code 3/);
    assert.match(stdout, /post hook of shop\/half.*: succeeded/);
    assert.match(stderr, /^error: pods shop\/half: pre hook/m);
    assert.equal(ark.server.frozen.size, 0);
  });

  test("--post runs only the post hooks", async () => {
    const onlyFreezes = { "pre.hook.backup.ark.heptio.com/command": '["fsfreeze","-f","/d"]' };
    ark.server.put(pod("shop/db", { annotations: onlyFreezes }));
    await run("pod/db");
    assert.equal(ark.server.frozen.size, 1);
    ark.server.put(pod("shop/db", { annotations: freeze }));
    const { code, stdout } = await run("pod/db", "--post");
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /pre hook/);
    assert.equal(ark.server.frozen.size, 0);
  });

  test("--pre, also beside --post, is the whole rehearsal: a pod is never left frozen on purpose", async () => {
    for (const flags of [["--pre"], ["--pre", "--post"]]) {
      const { stdout } = await run("pod/db", ...flags);
      assert.match(stdout, /pre hook of shop\/db[^]*post hook of shop\/db/);
      assert.equal(ark.server.frozen.size, 0);
    }
  });

  test("a workload means the pods that its selector selects", async () => {
    const selector = { matchLabels: { app: "db" } };
    ark.server.put(deployment("shop/db", { spec: { selector, template: {} } }));
    assert.match((await run("deploy/db")).stdout, /frozen for/);
  });

  test("-o json gives hooks, blocks and findings for programs", async () => {
    const { stdout } = await run("pod/db", "-o", "json");
    const { hooks, blocks, errors } = JSON.parse(stdout);
    assert.deepEqual([hooks.length, blocks.length, errors.length], [2, 1, 0]);
  });

  test("reads pods and writes no backup", async () => {
    await run("pod/db");
    assert.equal((await ark.run("backup", "get")).stdout, "");
  });

  test("a pod without hooks, an absent one and no words at all are named as such", async () => {
    const without = await run("pod/web");
    assert.deepEqual(
      [without.code, /none of these pods has hooks/.test(without.stderr)],
      [2, true],
    );
    const absent = await run("pod/absent");
    assert.deepEqual([absent.code, /absent/.test(absent.stderr)], [1, true]);
    const nothing = await run();
    assert.deepEqual([nothing.code, /say which pods/.test(nothing.stderr)], [2, true]);
  });
});
