import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { suite, test } from "node:test";
import { arkSession } from "../../../support/ark-session.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import type { FakeApiServerOptions } from "../../../support/fake-api-server/server.ts";
import { jsonResponse } from "../../../support/fake-api-server/message.ts";
import { pod } from "../../../support/builders.ts";

type Output = {
  readonly healthy: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
  }[];
};

async function session(options: FakeApiServerOptions = {}) {
  const found = await arkSession(options);
  found.server.put(pod("shop/web"));
  const examine = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await found.run(
      "doctor",
      "-n",
      "shop",
      "-o",
      "json",
      ...words,
    );
    assert.notEqual(stdout, "", stderr);
    const { healthy, checks }: Output = JSON.parse(stdout);
    const of = (name: string) => checks.find((check) => check.name === name);
    const fails = checks.filter(({ status }) => status === "fail").map(({ name }) => name);
    return { code, healthy, checks, of, fails };
  };
  return { ...found, examine };
}

suite("doctor", () => {
  test("one line for each check, exit code 0 and nothing on stderr where a backup would work", async () => {
    const { run, server } = await session();
    const { code, stdout, stderr } = await run("doctor", "-n", "shop");
    assert.equal(code, 0, stdout);
    assert.equal(stderr, "");
    const names = [...stdout.matchAll(/^(?:ok|warn) +([a-z]+) /gm)].map(([, name]) => name);
    assert.deepEqual(names, [
      "kubeconfig",
      "cluster",
      "versions",
      "clock",
      "api",
      "permissions",
      "exec",
      "snapshots",
      "leftovers",
      "store",
      "journal",
    ]);
    assert.ok(!stdout.includes("\u001b"));
    const writes = server.requests.filter(
      ({ method, path }) => method !== "GET" && !/review/.test(path),
    );
    assert.deepEqual(writes, []);
  });

  test("a server that does not answer: what needs it is skipped, the rest is looked at, 1", async () => {
    const { server, examine } = await session();
    await server.close();
    const { code, healthy, of, fails } = await examine();
    assert.deepEqual([code, healthy, fails], [1, false, ["cluster"]]);
    assert.match(of("cluster")?.message ?? "", /connection refused/);
    for (const name of ["clock", "api", "permissions", "exec", "snapshots", "leftovers"]) {
      assert.equal(of(name)?.status, "skipped", name);
    }
    assert.equal(of("store")?.status, "ok");
  });

  test("no kubeconfig: that alone is the fault", async () => {
    const { home, runWith } = await session();
    const env = { KUBECONFIG: `${home}/none` };
    const { code, stdout, stderr } = await runWith({ env }, "doctor");
    assert.equal(code, 1);
    assert.match(stderr, /^warning: no file of KUBECONFIG exists: .*none\n$/);
    assert.match(stdout, /^fail {2}kubeconfig .*\n +→ /m);
    assert.equal(stdout.match(/^fail/gm)?.length, 1);
  });

  test("another clock than ours is a warning, and exit code 0", async () => {
    const { server, examine } = await session();
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const version = { gitVersion: "v1.36.3" };
    const response = jsonResponse(200, version, { date });
    server.fault({
      match: ({ path }) => path === "/version",
      fault: { kind: "respond", response },
    });
    const review = jsonResponse(404, {}, { date });
    server.fault({
      match: ({ path }) => path.endsWith("selfsubjectreviews"),
      fault: { kind: "respond", response: review },
    });
    const { code, of } = await examine();
    assert.equal(code, 0);
    assert.equal(of("clock")?.status, "warn");
    assert.match(of("clock")?.message ?? "", /about (59 min 59 s|60 min \d s) behind/);
  });

  test("who may do nothing but log in", async () => {
    const { examine } = await session({ authorize: () => false });
    const { code, of, fails } = await examine();
    assert.deepEqual([code, fails], [1, ["permissions"]]);
    assert.match(of("permissions")?.message ?? "", /list pods/);
    assert.match(of("exec")?.message ?? "", /the right to get and create pods\/exec is missing/);
  });

  test("a wrong token is told once", async () => {
    const { home, server, run } = await session({ allowAnonymous: false });
    writeFileSync(`${home}/kubeconfig`, server.kubeconfig({ credentials: "wrong" }));
    const { code, stdout } = await run("doctor");
    assert.equal(code, 1);
    assert.match(stdout, /^fail {2}cluster .*Unauthorized/m);
    assert.equal(stdout.match(/^fail/gm)?.length, 1);
  });

  test("--pod runs `true` there, and nothing else anywhere", async () => {
    const { server, examine } = await session();
    const { of, fails } = await examine("--pod", "shop/web");
    assert.deepEqual(fails, []);
    assert.match(of("exec")?.message ?? "", /`true` was run in container main of pod shop\/web/);
    const execs = server.requests.filter(({ path }) => path.endsWith("/exec"));
    assert.deepEqual(
      execs.map(({ query }) => query.getAll("command")),
      [["true"]],
    );
    const short = await examine("--pod", "web");
    assert.match(short.of("exec")?.message ?? "", /pod shop\/web/);
  });

  test("--pod with a pod that is not there fails, and what is no name is wrong usage", async () => {
    const { run, examine } = await session();
    const { code, fails } = await examine("--pod", "shop/gone");
    assert.deepEqual([code, fails], [1, ["exec"]]);
    for (const name of ["a/b/c", "/web", "shop/", "shop/..", "./web", ""]) {
      const result = await run("doctor", `--pod=${name}`);
      assert.equal(result.code, 2, name);
    }
  });

  test("hostile words of a server do no harm to a terminal", async () => {
    const { server, run } = await session();
    const response = jsonResponse(200, { gitVersion: "v1.36.3\u001b[2J\u202e\nok  all" });
    server.fault({
      match: ({ path }) => path === "/version",
      fault: { kind: "respond", response },
    });
    const { stdout } = await run("doctor", "-n", "shop");
    assert.ok(!/\u202e|^ok +all/m.test(stdout.replaceAll("\u001b", "\u202e")), stdout);
  });

  test("Ctrl-C ends it with 130", async () => {
    const { server, runWith } = await session();
    const controller = new AbortController();
    const match = ({ path }: { readonly path: string }): boolean => {
      if (path === "/version") controller.abort(new ArkError("Cancelled", "interrupted"));
      return path === "/version";
    };
    server.fault({ match, fault: { kind: "neverAnswer" } });
    const { code } = await runWith({ signal: controller.signal }, "doctor");
    assert.equal(code, 130);
  });
});
