import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { unpack, type Unpacked } from "./support/archive.ts";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { aConfigMap, aPod, hookAnnotations } from "./support/manifests.ts";
import type { Ran } from "./support/process.ts";

const namespace = await useNamespace("hostile");
const ark = await installArk();
const inside = ["-n", namespace.name];
const place = `namespaces/${namespace.name}`;
const group = `e2e-${randomBytes(3).toString("hex")}.ark.test`;
const definition = `widgets.${group}`;
const longName = "n".repeat(253);
const mebibyte = 1024 * 1024;
/** As text, because JavaScript has no such number. */
const widget = `{"apiVersion":"${group}/v1","kind":"Widget","metadata":{"name":"gadget"},"spec":{"big":9007199254740993}}`;

let result: Ran;
let archive: Unpacked;

before(async () => {
  await kubectl(["apply", "-f", "-"], JSON.stringify(widgetDefinition()));
  after(() => kubectl(["delete", "customresourcedefinition", definition, "--wait=false"]));
  await kubectl(["wait", "crd", definition, "--for=condition=Established", "--timeout=60s"]);
  const loud = { pre: ["sh", "-c", "yes 0123456789abcde | head -c 5000000; echo the end"] };
  const escapes = { post: ["printf", "\\033[2J\\033]0;owned\\007\\u202e\\r\\0end"] };
  await namespace.apply(
    aPod("loud", { annotations: hookAnnotations(loud) }),
    aPod("escaping", { annotations: hookAnnotations(escapes) }),
    aRole("system:x"),
    aConfigMap(longName),
    aConfigMap("private", { "velero.io/exclude-from-backup": "true" }),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "held", finalizers: ["ark.test/held"] },
    },
  );
  await kubectl(["apply", ...inside, "-f", "-"], widget);
  after(() => {
    const release = ["patch", "configmap", "held", "--type=merge", "-p"];
    return kubectl([...release, '{"metadata":{"finalizers":null}}', ...inside]);
  });
  await kubectl(["delete", "configmap", "held", "--wait=false", ...inside]);
  await namespace.podsReady();
  result = await ark.run(["backup", "hostile", ...inside]);
  archive = await unpack(ark, "hostile");
});

function widgetDefinition(): unknown {
  const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: definition },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "widgets", singular: "widget", kind: "Widget" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

function aRole(name: string): unknown {
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name }, rules };
}

test("of a hook's 5 MB the head and the tail are kept, 1 MiB in all, and a note says so", async () => {
  const { hooks } = await ark.record("hostile");
  const { exitCode, stdout } = hooks.find(({ pod }) => pod === "loud") ?? {};
  assert.equal(exitCode, 0);
  assert.ok(stdout);
  const { text, totalBytes, omittedBytes } = stdout;
  assert.equal(totalBytes, 5_000_008);
  assert.ok(Math.abs(totalBytes - omittedBytes - mebibyte) <= 64, `${omittedBytes} left out`);
  assert.ok(Math.abs(text.length - mebibyte) < 200, `${text.length} kept`);
  assert.ok(text.startsWith("0123456789abcde\n") && text.endsWith("the end\n"));
  const details = await ark.run(["backup", "describe", "hostile", "--details"]);
  assert.match(details.stdout, /^ +stdout \(3\.8 MiB left out in the middle\):$/m);
});

test("a name with a colon is stored under that name", async () => {
  const path = `resources/roles.rbac.authorization.k8s.io/${place}/system:x.json`;
  assert.ok(archive.paths.includes(path));
  const stored: unknown = JSON.parse(await archive.read(path));
  assert.partialDeepStrictEqual(stored, { metadata: { name: "system:x" } });
});

test("a custom resource brings its definition, and keeps numbers that JavaScript cannot", async () => {
  const crd = `resources/customresourcedefinitions.apiextensions.k8s.io/cluster/${definition}.json`;
  assert.ok(archive.paths.includes(crd));
  const stored = await archive.read(`resources/${definition}/${place}/gadget.json`);
  assert.match(stored, /"big":9007199254740993\b/);
});

test("an object with a name too long for a file is one error, and the rest is stored", async () => {
  assert.equal(result.exitCode, 3);
  const { errors } = await ark.record("hostile");
  assert.deepEqual(
    errors.map(({ groupResource, name }) => [groupResource, name]),
    [["configmaps", longName]],
  );
  assert.match(errors[0]?.message ?? "", /name is too long/);
});

test("objects that are being deleted, or say that they want no backup, are counted as skipped", async () => {
  const { items } = await ark.record("hostile");
  assert.equal(items.skipped["terminating"], 1);
  assert.equal(items.skipped["labelled-exclude-from-backup"], 1);
  for (const name of ["held", "private", "kube-root-ca.crt"]) {
    assert.ok(!archive.paths.includes(`resources/configmaps/${place}/${name}.json`), name);
  }
  const { stdout } = await ark.run(["backup", "describe", "hostile"]);
  assert.match(stdout, /^Items: .*skipped: 1 terminating, 1 labelled-exclude-from-backup/m);
});

test("what a hook prints cannot steer the terminal", async () => {
  const { hooks } = await ark.record("hostile");
  const printed = hooks.find(({ pod }) => pod === "escaping")?.stdout.text ?? "";
  assert.ok(printed.startsWith("\u001b[2J"), "the record has it as it was");
  const { stdout } = await ark.run(["backup", "describe", "hostile", "--details"]);
  assert.match(stdout, /\\u\{1b\}\[2J/);
  const logs = await ark.run(["backup", "logs", "hostile"]);
  for (const text of [stdout, logs.stdout, result.stdout, result.stderr]) {
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});
