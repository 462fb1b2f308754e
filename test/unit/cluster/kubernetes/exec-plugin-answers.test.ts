import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { parseExecCredential } from "../../../../src/cluster/kubernetes/exec-credential.ts";
import { runExecPlugin } from "../../../../src/cluster/kubernetes/run-exec-plugin.ts";
import type { ExecPlugin } from "../../../../src/cluster/kubernetes/kubeconfig.ts";
import {
  getPods,
  kubeconfigOf,
  neverAborted,
  testMachine,
} from "../../../support/connection-environment.ts";
import { adminKeyPair, secondUserKeyPair } from "../../../support/fake-api-server/certificates.ts";
import { connectWith } from "../../../support/fake-connection.ts";

const plugin: ExecPlugin = {
  command: process.execPath,
  args: [],
  env: [],
  apiVersion: "client.authentication.k8s.io/v1",
  provideClusterInfo: false,
  interactiveMode: "IfAvailable",
};

function run(changes: Partial<ExecPlugin>, isTerminal = false): Promise<unknown> {
  const cluster = { insecureSkipTlsVerify: false, disableCompression: false };
  const environment = { env: process.env, isTerminal };
  return runExecPlugin(
    {
      plugin: { ...plugin, ...changes },
      userName: "u",
      cluster,
      certificateAuthority: undefined,
      environment,
    },
    neverAborted,
  );
}

test("a plugin that is not installed is told with its install hint, made printable", async () => {
  await assert.rejects(
    run({ command: "no-such-plugin", installHint: "\u001b[1mbrew\u001b[0m it" }),
    {
      code: "KubeconfigInvalid",
      message: "the credential plugin no-such-plugin of user u: it is not in the PATH",
      hint: "brew it",
    },
  );
  await assert.rejects(run({ command: join("/no", "such") }), {
    message: /there is no such file/,
    hint: /Install the plugin/,
  });
});

test("a plugin that fails is told with its exit code", async () => {
  await assert.rejects(run({ args: ["-e", "process.exit(7)"] }), {
    code: "KubeconfigInvalid",
    message: /of user u: it failed with exit code 7/,
  });
});

test("a plugin that must ask is not started without a terminal", async () => {
  await assert.rejects(run({ interactiveMode: "Always" }), {
    code: "KubeconfigInvalid",
    message: /it needs a terminal/,
  });
});

test("a plugin that prints without end is stopped", async () => {
  const script = "const b = 'x'.repeat(65536); (function go() { process.stdout.write(b, go); })()";
  await assert.rejects(run({ args: ["-e", script] }), { message: /printed more than 1 MiB/ });
});

test("a caller that gives up is let go at once, and closing ends the plugin", async () => {
  const machine = testMachine();
  const exec = { ...plugin, args: ["-e", "setInterval(() => {}, 1000)"] };
  const kubeconfig = kubeconfigOf({ server: "https://a" }, { exec });
  const connection = await connectWith(kubeconfig, {}, machine);
  const controller = new AbortController();
  const sending = connection.send(getPods, controller.signal);
  const other = connection.send(getPods, neverAborted);
  controller.abort();
  await assert.rejects(sending, { code: "Cancelled" });
  connection.close();
  await assert.rejects(other, { code: "KubeconfigInvalid" });
});

test("a failed run is not remembered", async () => {
  const machine = testMachine();
  const args = [join(machine.directory, "login.cjs")];
  machine.write("login.cjs", "process.exit(1)");
  const kubeconfig = kubeconfigOf(
    { server: "https://no-such-host.invalid" },
    { exec: { ...plugin, args } },
  );
  const { send } = await connectWith(kubeconfig, {}, machine);
  await assert.rejects(send(getPods, neverAborted), { message: /exit code 1/ });
  const answer = { kind: "ExecCredential", apiVersion: plugin.apiVersion, status: { token: "t" } };
  machine.write("login.cjs", `console.log(${JSON.stringify(JSON.stringify(answer))})`);
  await assert.rejects(send(getPods, neverAborted), { message: /cannot be resolved/ });
});

test("a bare command is found in PATH", { skip: process.platform === "win32" }, async () => {
  const machine = testMachine({
    env: { PATH: [join(testMachine().directory, "none"), machineBin()].join(delimiter) },
  });
  const exec = { ...plugin, command: "ark-test-login", args: [] };
  const kubeconfig = kubeconfigOf({ server: "https://no-such-host.invalid" }, { exec });
  const { send } = await connectWith(kubeconfig, {}, machine);
  await assert.rejects(send(getPods, neverAborted), { message: /cannot be resolved/ });
});

function machineBin(): string {
  const { directory } = testMachine();
  const answer = { kind: "ExecCredential", apiVersion: plugin.apiVersion, status: { token: "t" } };
  const text = `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`;
  writeFileSync(join(directory, "ark-test-login"), text, { mode: 0o755 });
  return directory;
}

test("answers that client-go refuses are refused, without a word of their content", () => {
  const status = (fields: object): string =>
    JSON.stringify({ kind: "ExecCredential", apiVersion: plugin.apiVersion, status: fields });
  const cases: readonly (readonly [stdout: string, message: RegExp])[] = [
    ["", /did not print an ExecCredential/],
    ["s3cret", /did not print an ExecCredential/],
    ["[]", /did not print an ExecCredential/],
    ['{"kind":"Secret"}', /did not print an ExecCredential/],
    [
      '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}',
      /configured for client.authentication.k8s.io\/v1 but answered with .*v1beta1/,
    ],
    [`{"kind":"ExecCredential","apiVersion":"${plugin.apiVersion}"}`, /no status/],
    [status({}), /neither a token nor a client certificate/],
    [status({ token: 7 }), /status.token is not a string/],
    [status({ clientCertificateData: "s3cret" }), /only a certificate or only a key/],
    [status({ clientCertificateData: "s3cret", clientKeyData: "s3cret" }), /do not work together/],
    [
      status({ clientCertificateData: adminKeyPair.cert, clientKeyData: secondUserKeyPair.key }),
      /do not work together/,
    ],
    [status({ token: "s3cret", expirationTimestamp: "soon" }), /not a time/],
  ];
  for (const [stdout, message] of cases) {
    assert.throws(
      () => parseExecCredential(Buffer.from(stdout), plugin),
      (error) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /s3cret/);
        return true;
      },
    );
  }
});
