import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readConnectionFacts } from "../../../../src/cluster/kubernetes/connection-facts.ts";
import type { ConnectionFlags } from "../../../../src/cluster/kubernetes/connection-flags.ts";
import { base64, kubeconfigOf, testMachine } from "../../../support/connection-environment.ts";
import { adminKeyPair } from "../../../support/fake-api-server/certificates.ts";

const certificate = {
  "client-certificate-data": base64(adminKeyPair.cert),
  "client-key-data": base64(adminKeyPair.key),
};
const plugin = {
  exec: {
    command: "get-token",
    apiVersion: "client.authentication.k8s.io/v1",
    interactiveMode: "Never",
  },
};

function factsOf(
  cluster: object,
  user: object = {},
  {
    env = {},
    flags = {},
  }: { readonly env?: Record<string, string>; readonly flags?: ConnectionFlags } = {},
) {
  const machine = testMachine({ env });
  machine.write(
    "home/.kube/config",
    kubeconfigOf({ server: "https://api.example", ...cluster }, user),
  );
  return readConnectionFacts(flags, machine);
}

async function trustOf(cluster: object) {
  const { isEncrypted, isVerified } = await factsOf(cluster);
  return [isEncrypted, isVerified];
}

suite("facts of a connection", () => {
  test("the files, the context and the user", async () => {
    const machine = testMachine({ env: { KUBECONFIG: "one:two" } });
    const one = machine.write("one", kubeconfigOf({ server: "https://api.example" }));
    const facts = await readConnectionFacts({ as: "bob" }, machine);
    assert.deepEqual(
      facts.files.map(({ path, isThere }) => [path, isThere]),
      [
        [one, true],
        [one.replace(/one$/, "two"), false],
      ],
    );
    assert.deepEqual([facts.context, facts.user, facts.impersonated], ["c", "u", "bob"]);
  });

  for (const [login, user] of [
    ["no credentials", {}],
    ["token", { token: "t0ps3cret" }],
    ["user name and password", { username: "ann", password: "t0ps3cret" }],
    ["client certificate", certificate],
    ["exec plugin get-token", plugin],
    ["client certificate", { ...certificate, ...plugin }],
    ["token", { token: "t0ps3cret", ...plugin }],
  ] as const) {
    test(`login by ${login}, of ${Object.keys(user).join(" and ") || "nothing"}, without any secret`, async () => {
      const facts = await factsOf({}, user);
      assert.equal(facts.login, login);
      assert.doesNotMatch(JSON.stringify(facts), /t0ps3cret/);
    });
  }

  test("when a client certificate ends", async () => {
    const { certificateEnds } = await factsOf({}, certificate);
    assert.ok(certificateEnds && certificateEnds.getTime() > 0);
    assert.equal((await factsOf({})).certificateEnds, undefined);
  });

  test("encryption, and whether the server's certificate is checked", async () => {
    assert.deepEqual(await trustOf({}), [true, true]);
    assert.deepEqual(await trustOf({ "insecure-skip-tls-verify": true }), [true, false]);
    assert.deepEqual(await trustOf({ server: "http://api.example" }), [false, false]);
  });

  test("the proxy and where it comes from, without its password", async () => {
    const env = { HTTPS_PROXY: "http://ann:t0ps3cret@proxy.example:3128" };
    assert.equal((await factsOf({}, {}, { env })).proxy, "http://proxy.example:3128 (environment)");
    const cluster = { "proxy-url": "socks5://ann:t0ps3cret@other:1080" };
    assert.equal((await factsOf(cluster, {}, { env })).proxy, "socks5://other:1080 (proxy-url)");
    assert.equal((await factsOf({})).proxy, undefined);
  });

  test("a kubeconfig that leads nowhere is an error", async () => {
    await assert.rejects(readConnectionFacts({}, testMachine()), { code: "KubeconfigInvalid" });
    await assert.rejects(factsOf({}, {}, { flags: { context: "x" } }), {
      code: "KubeconfigInvalid",
    });
  });
});
