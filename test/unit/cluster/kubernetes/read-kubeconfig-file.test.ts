import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseKubeconfig } from "../../../../src/cluster/kubernetes/parse-kubeconfig.ts";
import { readKubeconfigFile } from "../../../../src/cluster/kubernetes/read-kubeconfig-file.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { testMachine } from "../../../support/connection-environment.ts";

async function refusal(text: string): Promise<ArkError> {
  const machine = testMachine();
  const file = machine.write("config", text);
  const error: unknown = await readKubeconfigFile(file).then(
    () => assert.fail(`it was read: ${text.slice(0, 80)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ArkError);
  assert.equal(error.code, "KubeconfigInvalid");
  assert.ok(error.message.includes(file), error.message);
  return error;
}

test("malformed YAML is told with file and line", async () => {
  const error = await refusal("clusters:\n- name: a\n  cluster: {server: [}\n");
  assert.match(error.message, /not valid YAML: .*\(line 3\)/);
});

test("the message about malformed YAML does not quote a secret beside the mistake", async () => {
  const error = await refusal("users:\n- name: a\n  user: {token: s3cret-value]\n");
  assert.doesNotMatch(`${error.message} ${error.hint} ${String(error.cause)}`, /s3cret/);
});

test("fields of a wrong type are named by their path, without their value", async () => {
  const cases: readonly (readonly [text: string, expected: RegExp])[] = [
    ["just text", /the document must be a mapping/],
    ["[1, 2]", /the document must be a mapping/],
    ["clusters: 7", /clusters must be a list/],
    ["clusters: [7]", /clusters\[0\] must be a mapping/],
    ["users: [{name: u, user: {token: 12345}}]", /users\[0\]\.user\.token must be a string/],
    ["users: [{name: u, user: {exec: {args: [1]}}}]", /users\[0\]\.user\.exec\.args\[0\] must/],
    ["users: [{name: u, user: {as-user-extra: {k: v}}}]", /as-user-extra\.k must be a list/],
    ["current-context: {a: b}", /current-context must be a string/],
    [
      "clusters: [{name: k, cluster: {insecure-skip-tls-verify: 'maybe'}}]",
      /insecure-skip-tls-verify must be true or false/,
    ],
    [
      "clusters: [{name: k, cluster: {certificate-authority-data: '-- no base64 --'}}]",
      /certificate-authority-data must be base64/,
    ],
    ["contexts: [{name: a}, {name: a}]", /contexts\[1\]: the name a is there twice/],
  ];
  for (const [text, expected] of cases) {
    const error = await refusal(text);
    assert.match(error.message, expected);
    assert.doesNotMatch(error.message, /12345/);
  }
});

test("a directory in place of a file is an error that names it", async () => {
  const machine = testMachine();
  const path = join(machine.directory, "folder");
  mkdirSync(path);
  await assert.rejects(readKubeconfigFile(path), {
    code: "KubeconfigInvalid",
    message: /cannot read the kubeconfig .*folder/,
  });
});

test(
  "a file without end is given up at 16 MiB",
  { skip: process.platform === "win32" },
  async () => {
    await assert.rejects(readKubeconfigFile("/dev/zero"), {
      code: "KubeconfigInvalid",
      message: /larger than 16 MiB/,
    });
  },
);

test("deep nesting and aliases upon aliases end in an error or a result, not in a crash", async () => {
  await refusal(`clusters: ${"[".repeat(5000)}${"]".repeat(5000)}`);
  const levels = Array.from({ length: 40 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}]`);
  const machine = testMachine();
  const file = machine.write("config", ["l0: &l0 [a]", ...levels].join("\n"));
  assert.equal((await readKubeconfigFile(file))?.clusters.size, 0);
});

test("names such as __proto__ and constructor are ordinary names", async () => {
  const machine = testMachine();
  const file = machine.write(
    "config",
    "clusters: [{name: __proto__, cluster: {server: a}}, {name: constructor, cluster: {__proto__: {server: b}}}]",
  );
  const clusters = (await readKubeconfigFile(file))?.clusters;
  assert.equal(clusters?.get("__proto__")?.server, "a");
  assert.equal(clusters?.get("constructor")?.server, undefined);
});

test("yes, no and merge keys are read as kubectl's YAML reads them", async () => {
  const machine = testMachine();
  const file = machine.write(
    "config",
    `base: &base {server: a, insecure-skip-tls-verify: yes}
clusters:
- {name: k, cluster: {<<: *base, disable-compression: off}}
`,
  );
  const cluster = (await readKubeconfigFile(file))?.clusters.get("k");
  assert.equal(cluster?.server, "a");
  assert.equal(cluster?.insecureSkipTlsVerify, true);
  assert.equal(cluster?.disableCompression, false);
});

test("a byte order mark and further documents do no harm", async () => {
  const machine = testMachine();
  const file = machine.write("config", "\uFEFFcurrent-context: a\n---\ncurrent-context: b\n");
  assert.equal((await readKubeconfigFile(file))?.currentContext, "a");
});

test("whatever document comes, it is parsed or refused as KubeconfigInvalid", () => {
  const keys = "clusters users contexts current-context name cluster user exec env args extensions";
  const key = fc.constantFrom(...keys.split(" "), "auth-provider", "as-groups", "as-user-extra");
  const document = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(document, (value) => {
      try {
        assert.ok(parseKubeconfig(value, "/folder").clusters instanceof Map);
      } catch (error) {
        assert.ok(error instanceof ArkError && error.code === "KubeconfigInvalid", String(error));
      }
    }),
  );
});
