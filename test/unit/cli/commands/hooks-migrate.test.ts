import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { fieldAt } from "../../../../src/hooks/hook-target.ts";
import { arkSession } from "../../../support/ark-session.ts";
import { object, pod } from "../../../support/builders.ts";

const ARK = "hook.backup.ark.heptio.com";
const VELERO = "hook.backup.velero.io";
const old = { [`${ARK}/command`]: "/bin/sync", [`post.${VELERO}/command`]: '["thaw"]' };
const migrated = { [`pre.${ARK}/command`]: "/bin/sync", [`post.${ARK}/command`]: '["thaw"]' };
const conflicting = { [`pre.${ARK}/command`]: "a", [`pre.${VELERO}/command`]: "b" };

let forbiddenResource = "";
const session = await arkSession({
  authorize: ({ resource, verb }) => !(resource === forbiddenResource && verb === "list"),
});
const { server } = session;
after(async () => await server.close());

function deployment(name: string, annotations: Readonly<Record<string, string>>) {
  const template = { metadata: { annotations }, spec: { containers: [{ name: "db" }] } };
  return object("apps/v1", "Deployment", `shop/${name}`, { spec: { replicas: 2, template } });
}

async function migrate(...words: readonly string[]) {
  const asked = server.requests.length;
  const { code, stdout, stderr } = await session.run("hooks", "migrate", ...words);
  const sent = server.requests.slice(asked).map(({ method }) => method);
  return { code, stdout, stderr, patches: sent.filter((method) => method !== "GET").length };
}

async function annotationsOf(target: string, ...path: readonly string[]): Promise<unknown> {
  const { stdout } = await session.run(
    "hooks",
    "unset",
    target,
    "--dry-run",
    "-o",
    "json",
    "--post",
  );
  return fieldAt(JSON.parse(stdout), [...path, "metadata", "annotations"]);
}

suite("hooks migrate", () => {
  before(() => {
    server.put(pod("shop/db", { annotations: old }));
    server.put(pod("shop/both", { annotations: conflicting }));
    server.put(pod("shop/plain"));
    server.put(pod("bank/db", { annotations: old }));
    server.put(deployment("web", old));
  });

  test("shows the differences, and changes nothing", async () => {
    const { code, stdout, stderr, patches } = await migrate("pod/db");
    assert.equal(
      stdout,
      [
        "--- shop/pod/db",
        "+++ shop/pod/db",
        "@@ metadata.annotations @@",
        `-${ARK}/command: "/bin/sync"`,
        `-post.${VELERO}/command: "[\\"thaw\\"]"`,
        `+pre.${ARK}/command: "/bin/sync"`,
        `+post.${ARK}/command: "[\\"thaw\\"]"`,
        "",
      ].join("\n"),
    );
    assert.equal(stderr, "1 object to migrate: run with --yes to apply.\n");
    assert.deepEqual([code, patches], [0, 0]);
  });

  test("says which pods would be replaced, and a conflict", async () => {
    const { code, stdout, stderr, patches } = await migrate("-A");
    assert.equal(stdout.match(/^@@ /gm)?.length, 3);
    assert.match(stdout, /^@@ spec.template.metadata.annotations @@$/m);
    assert.match(
      stderr,
      /^3 objects to migrate \(replaces the pods of 1 workload\): run with --yes/m,
    );
    assert.match(stderr, /^warning: shop\/pod\/both: left alone: .* differs from .*wins now$/m);
    assert.match(stderr, /^hint: --force keeps what wins now/m);
    assert.deepEqual([code, patches], [1, 0]);
  });

  test("--yes changes pods and templates; a second time nothing", async () => {
    const first = await migrate("pod/db", "deploy/web", "--yes");
    assert.equal(first.stdout, "pod/db hooks migrated\ndeployment.apps/web hooks migrated\n");
    assert.match(first.stderr, /its pods are replaced \(deployment.apps\/web\)/);
    assert.deepEqual([first.code, first.patches], [0, 2]);
    assert.deepEqual(await annotationsOf("deploy/web", "spec", "template"), {
      [`pre.${ARK}/command`]: "/bin/sync",
    });
    const second = await migrate("pod/db", "deploy/web", "--yes");
    assert.equal(second.stdout, "pod/db not changed\ndeployment.apps/web not changed\n");
    assert.deepEqual([second.code, second.patches], [0, 0]);
    assert.deepEqual((await migrate("pod/db")).stdout, "pod/db not changed\n");
  });

  test("a conflict is left alone, with exit code 1, until --force keeps what wins", async () => {
    const careful = await migrate("pod/both", "--yes");
    assert.deepEqual([careful.code, careful.patches], [1, 0]);
    assert.equal(careful.stdout, "pod/both not changed\n");
    const forced = await migrate("pod/both", "--yes", "--force");
    assert.deepEqual([forced.code, forced.patches], [0, 1]);
    assert.deepEqual(await annotationsOf("pod/both"), { [`pre.${ARK}/command`]: "a" });
  });

  test("--to velero.io goes back", async () => {
    server.put(pod("shop/back", { annotations: migrated }));
    const { code } = await migrate("pod/back", "--to", "velero.io", "--yes");
    assert.equal(code, 0);
    assert.deepEqual(await annotationsOf("pod/back"), { [`pre.${VELERO}/command`]: "/bin/sync" });
  });

  test("a dry run of the server is asked of it, and stores nothing", async () => {
    const { stdout, patches } = await migrate("pod/db", "-n", "bank", "--dry-run=server");
    assert.equal(stdout, "pod/db hooks migrated (server dry run)\n");
    assert.equal(patches, 1);
    assert.match((await migrate("pod/db", "-n", "bank", "--yes", "--dry-run")).stdout, /^--- bank/);
  });

  test("a kind that may not be listed is said, and the others are migrated", async () => {
    forbiddenResource = "cronjobs";
    const { stderr, code } = await migrate("-A");
    forbiddenResource = "";
    assert.match(stderr, /^warning: not looked at: .*cronjobs/m);
    assert.equal(code, 0);
  });

  for (const [words, message] of [
    [[], /say which objects are meant/],
    [["pod/db", "-A"], /across all namespaces/],
    [["pod/db", "--to", "aws"], /Choices: "ark", "velero.io"/],
    [["svc/db"], /services have no pods|svc/],
  ] as const) {
    test(`"hooks migrate ${words.join(" ")}" is refused with exit code 2`, async () => {
      const { code, stderr } = await migrate(...words);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }

  test("an object that is not there: nothing is changed, exit code 1", async () => {
    const { code, stderr, patches } = await migrate("pod/nope", "pod/db", "-n", "bank", "--yes");
    assert.deepEqual([code, patches], [1, 0]);
    assert.match(stderr, /nope.*; nothing was changed/);
  });
});
