import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { arkSession } from "../../../support/ark-session.ts";
import { namespace, pod } from "../../../support/builders.ts";
import { correctHooks } from "../../../support/hook-faults.ts";

const session = await arkSession();
const { server, home } = session;
after(async () => await server.close());
server.put(namespace("shop"));
server.put(namespace("bank"));
server.put(pod("shop/db-0", { containers: ["db"], labels: { app: "db" } }));
server.put(pod("shop/db-1", { containers: ["main"], labels: { app: "db" } }));
server.put(
  pod("shop/db-2", { containers: ["db"], labels: { app: "db" }, annotations: correctHooks }),
);
server.put(pod("bank/db-0", { containers: ["db"], labels: { app: "db" } }));

type Exec = Readonly<Record<string, unknown>>;
const matchLabels = { app: "db" };
const sync: Exec = { container: "db", command: ["sync"] };

/** A document whose only entry is for pods of app=db. */
function document(entry: Readonly<Record<string, unknown>>, spec: object = {}): string {
  const file = join(home, "backup.yaml");
  const resources = [{ name: "freeze", labelSelector: { matchLabels }, ...entry }];
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: "velero.io/v1",
      kind: "Backup",
      metadata: { name: "nightly" },
      spec: { includedNamespaces: ["shop"], ...spec, hooks: { resources } },
    }),
  );
  return file;
}

type Item = Readonly<Record<string, unknown>>;

async function check(file: string, ...words: readonly string[]) {
  const result = await session.run("hooks", "check", "-f", file, "-o", "json", ...words);
  const { items }: { items: Item[] } =
    result.stdout === "" ? { items: [] } : JSON.parse(result.stdout);
  return { ...result, items };
}

const pair = { pre: [{ exec: sync }], post: [{ exec: sync }] };

suite("hooks check -f", () => {
  test("a fault of the document is one finding, with the pods that show it", async () => {
    const broken = { ...sync, command: ["fsfreeze -f /data"] };
    const { items, code } = await check(
      document({ pre: [{ exec: broken }], post: [{ exec: sync }] }),
    );
    const found = items.find(({ rule }) => rule === "command-not-split");
    assert.deepEqual(found, {
      rule: "command-not-split",
      severity: "error",
      namespace: "",
      kind: "Backup",
      name: "nightly",
      key: "spec.hooks.resources[0].pre[0]",
      message:
        'command "fsfreeze -f /data" is the name of one program, spaces included: nothing splits it',
      fix: 'Write in the document: command: ["fsfreeze","-f","/data"]',
      pods: ["shop/db-0", "shop/db-1"],
      podCount: 2,
    });
    assert.equal(code, 1);
  });

  test("a container that only some of its pods have is wrong in the others", async () => {
    const { items } = await check(document(pair));
    const wrong = items.filter(({ rule }) => rule === "wrong-container");
    assert.deepEqual(
      wrong.map(({ key, pods }) => [key, pods]),
      [
        ["spec.hooks.resources[0].pre[0]", ["shop/db-1"]],
        ["spec.hooks.resources[0].post[0]", ["shop/db-1"]],
      ],
    );
  });

  test("annotation hooks that take its place are counted", async () => {
    const { items } = await check(document(pair));
    const shadowed = items.filter(({ rule }) => rule === "spec-hook-shadowed");
    assert.deepEqual(
      shadowed.map(({ message }) => message),
      ["pre", "post"].map(
        (phase) => `in 1 of the 3 pods of entry freeze a ${phase} hook by annotation runs instead`,
      ),
    );
  });

  test("an entry that matches no pod of the backup is an error", async () => {
    const file = document({ ...pair, labelSelector: { matchLabels: { app: "nope" } } });
    const { items, code } = await check(file);
    assert.deepEqual(
      items.map(({ rule, key }) => [rule, key]),
      [["spec-hook-matches-nothing", "spec.hooks.resources[0]"]],
    );
    assert.equal(code, 1);
  });

  test("pods outside the backup do not count", async () => {
    const file = document({ ...pair, includedNamespaces: ["bank"] });
    const { items } = await check(file);
    assert.deepEqual(
      items.map(({ rule }) => rule),
      ["spec-hook-matches-nothing"],
    );
    const everywhere = await check(file, "-A");
    assert.deepEqual(everywhere.items, []);
    assert.equal(everywhere.code, 0);
    assert.equal(everywhere.stderr, "No problems found in 4 hooks of 2 pods.\n");
  });

  test("a pod that two selectors find is one pod", async () => {
    const orLabelSelectors = [
      { matchLabels },
      { matchExpressions: [{ key: "app", operator: "Exists" }] },
    ];
    const { items } = await check(document(pair, { orLabelSelectors }));
    const [shadowed] = items.filter(({ rule }) => rule === "spec-hook-shadowed");
    assert.match(String(shadowed?.["message"]), /^in 1 of the 3 pods /);
  });

  test("a bad on-error is found, and where", async () => {
    const exec = { ...sync, onError: "continue" };
    const { items } = await check(document({ pre: [{ exec }], post: [{ exec: sync }] }));
    const found = items.find(({ rule }) => rule === "bad-on-error");
    assert.equal(found?.["key"], "spec.hooks.resources[0].pre[0]");
  });

  for (const [what, entry, message] of [
    ["an empty command", { pre: [{ exec: { command: [] } }] }, /command/],
    ["a bad time-out", { pre: [{ exec: { ...sync, timeout: "1d" } }] }, /timeout/],
    ["an unknown resource", { ...pair, includedResources: ["podz"] }, /podz/],
  ] as const) {
    test(`${what} is refused as by backup, with exit code 2`, async () => {
      const { code, stderr, stdout } = await check(document(entry));
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, message);
    });
  }

  test("names beside a document are refused, and so is a file that is not there", async () => {
    assert.equal((await check(document(pair), "pod/db-0")).code, 2);
    assert.match((await check("nope.yaml")).stderr, /^error: cannot read nope.yaml/);
  });
});
