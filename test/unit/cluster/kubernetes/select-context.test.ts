import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import type { ConnectionFlags } from "../../../../src/cluster/kubernetes/connection-flags.ts";
import { parseKubeconfig } from "../../../../src/cluster/kubernetes/parse-kubeconfig.ts";
import { selectContext } from "../../../../src/cluster/kubernetes/select-context.ts";
import type { SelectedContext } from "../../../../src/cluster/kubernetes/select-context.ts";
import { base64 } from "../../../support/connection-environment.ts";

const document = {
  clusters: [
    {
      name: "k1",
      cluster: {
        server: "https://one",
        "tls-server-name": "one.internal",
        "certificate-authority-data": base64("ca"),
      },
    },
    { name: "k2", cluster: { server: "https://two", "insecure-skip-tls-verify": true } },
  ],
  users: [
    {
      name: "u1",
      user: {
        "client-certificate-data": base64("cert"),
        "client-key-data": base64("key"),
        as: "configured",
        "as-groups": ["g0"],
        "as-user-extra": { k: ["v"] },
      },
    },
    { name: "u2", user: { tokenFile: "token" } },
  ],
  contexts: [
    { name: "c1", context: { cluster: "k1", user: "u1", namespace: "shop" } },
    { name: "c2", context: { cluster: "k2", user: "u2" } },
    { name: "broken", context: { cluster: "gone", user: "u1" } },
    { name: "nobody", context: { cluster: "k1", user: "gone" } },
  ],
  "current-context": "c1",
};

function select(flags: ConnectionFlags): SelectedContext {
  return selectContext(parseKubeconfig(document, "/folder"), flags, "/base");
}

test("the current context decides when no flag does", () => {
  const selected = select({ context: "", cluster: "", namespace: "", token: "", asGroup: [] });
  assert.equal(selected.contextName, "c1");
  assert.equal(selected.clusterName, "k1");
  assert.equal(selected.userName, "u1");
  assert.equal(selected.namespace, "shop");
  assert.equal(selected.user.as, "configured");
  assert.deepEqual(selected.user.asGroups, ["g0"]);
});

test("--context, --cluster, --user and --namespace choose each its own part", () => {
  const other = select({ context: "c2" });
  assert.deepEqual([other.clusterName, other.userName, other.namespace], ["k2", "u2", undefined]);
  const mixed = select({ cluster: "k2", user: "u2", namespace: "bank" });
  assert.deepEqual(
    [mixed.contextName, mixed.clusterName, mixed.userName, mixed.namespace],
    ["c1", "k2", "u2", "bank"],
  );
});

test("an unknown name is refused with the names there are", () => {
  const cases: readonly (readonly [ConnectionFlags, RegExp, string])[] = [
    [{ context: "x" }, /no context "x" \(named by --context\)/, "broken, c1, c2, nobody"],
    [{ cluster: "x" }, /no cluster "x" \(named by --cluster\)/, "k1, k2"],
    [{ user: "x" }, /no user "x" \(named by --user\)/, "u1, u2"],
    [{ context: "broken" }, /no cluster "gone" \(named by context broken\)/, "k1, k2"],
    [{ context: "nobody" }, /no user "gone" \(named by context nobody\)/, "u1, u2"],
  ];
  for (const [flags, message, names] of cases) {
    assert.throws(() => select(flags), {
      code: "KubeconfigInvalid",
      message,
      hint: new RegExp(names),
    });
  }
});

test("--server replaces the server and, as in kubectl, the kubeconfig's TLS server name", () => {
  const { cluster } = select({ server: "https://other" });
  assert.equal(cluster.server, "https://other");
  assert.equal(cluster.tlsServerName, undefined);
  assert.ok(cluster.certificateAuthorityData);
  assert.equal(select({ server: "https://x", tlsServerName: "n" }).cluster.tlsServerName, "n");
  assert.equal(select({ tlsServerName: "n" }).cluster.tlsServerName, "n");
});

test("--insecure-skip-tls-verify drops the CA, --certificate-authority turns verification on", () => {
  const insecure = select({ insecureSkipTlsVerify: true }).cluster;
  assert.equal(insecure.insecureSkipTlsVerify, true);
  assert.equal(insecure.certificateAuthorityData, undefined);
  const trusting = select({ context: "c2", certificateAuthority: "ca.pem" }).cluster;
  assert.equal(trusting.insecureSkipTlsVerify, false);
  assert.equal(trusting.certificateAuthority, resolve("/base/ca.pem"));
});

test("a client certificate given as flags replaces the one in the kubeconfig", () => {
  const { user } = select({ clientCertificate: "c.pem", clientKey: "/k.pem" });
  assert.equal(user.clientCertificate, resolve("/base/c.pem"));
  assert.equal(user.clientKey, resolve("/k.pem"));
  assert.equal(user.clientCertificateData, undefined);
  assert.equal(user.clientKeyData, undefined);
});

test("--token replaces a token file", () => {
  const { user } = select({ context: "c2", token: "t" });
  assert.equal(user.token, "t");
  assert.equal(user.tokenFile, undefined);
});

test("impersonation flags replace those of the kubeconfig one by one", () => {
  const { user } = select({ as: "jane", asGroup: ["g1", "g2"], asUid: "7" });
  assert.equal(user.as, "jane");
  assert.equal(user.asUid, "7");
  assert.deepEqual(user.asGroups, ["g1", "g2"]);
  assert.deepEqual([...user.asUserExtra], [["k", ["v"]]]);
});

test("--as-user-extra collects values of one key and keeps further equals signs", () => {
  const { user } = select({ asUserExtra: ["a=1", "b=x=y", "a=2", "c="] });
  assert.deepEqual(
    [...user.asUserExtra],
    [
      ["a", ["1", "2"]],
      ["b", ["x=y"]],
      ["c", [""]],
    ],
  );
  for (const pair of ["novalue", "=x", ""]) {
    assert.throws(() => select({ asUserExtra: [pair] }), { code: "Usage" });
  }
});
