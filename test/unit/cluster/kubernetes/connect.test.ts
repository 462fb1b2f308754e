import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../../../src/cluster/kubernetes/connect.ts";
import {
  getPods,
  kubeconfigOf,
  neverAborted,
  testMachine,
} from "../../../support/connection-environment.ts";
import { caPem } from "../../../support/fake-api-server/certificates.ts";
import { connectTo, connectWith, fakeServer } from "../../../support/fake-connection.ts";

test("without any configuration the error says how to give one", async () => {
  await assert.rejects(connect({}, testMachine()), {
    code: "KubeconfigInvalid",
    message: "there is no kubeconfig to connect with",
    hint: /--kubeconfig.*KUBECONFIG.*~\/\.kube\/config/,
  });
});

test("a kubeconfig without current context offers its contexts", async () => {
  const kubeconfig = { ...kubeconfigOf({ server: "https://a" }), "current-context": "" };
  await assert.rejects(connectWith(kubeconfig), {
    code: "KubeconfigInvalid",
    message: /no current context/,
    hint: "Choose one with --context: c.",
  });
});

test("a context that names no cluster is told as such", async () => {
  const kubeconfig = kubeconfigOf({ server: "https://a" }, {}, { cluster: "" });
  await assert.rejects(connectWith(kubeconfig), {
    code: "KubeconfigInvalid",
    message: "the context c names no cluster",
  });
});

test("--server alone is enough", async () => {
  const server = await fakeServer({ tls: false });
  const connection = await connectWith(undefined, { server: server.url });
  assert.equal((await connection.send(getPods, neverAborted)).status, 200);
  assert.deepEqual(connection.identity, {
    context: "",
    cluster: "",
    user: "",
    server: server.url,
    namespace: "default",
  });
});

test("a server without scheme is plain HTTP, and one that is no URL is refused", async () => {
  const connection = await connectWith(undefined, { server: "localhost:8080" });
  assert.equal(connection.identity.server, "http://localhost:8080");
  for (const server of ["https://", "ftp://x", "https://a b", "https://a:99999"]) {
    await assert.rejects(connectWith(undefined, { server }), { code: "KubeconfigInvalid" }, server);
  }
});

test("the identity tells context, cluster, server, user and namespace without secrets", async () => {
  const cluster = { server: "https://u:s3cret@api.example.com:6443/prefix/?t=s3cret" };
  const { identity } = await connectWith(kubeconfigOf(cluster, {}, { namespace: "shop" }));
  assert.deepEqual(identity, {
    context: "c",
    cluster: "k",
    user: "u",
    server: "https://api.example.com:6443/prefix",
    namespace: "shop",
  });
});

async function namespaceOf(context: object, namespace?: string): Promise<string> {
  const kubeconfig = kubeconfigOf({ server: "https://a" }, {}, context);
  return (await connectWith(kubeconfig, { namespace })).identity.namespace;
}

test("the namespace is that of the flag, then of the context, then default", async () => {
  assert.equal(await namespaceOf({ namespace: "shop" }, "bank"), "bank");
  assert.equal(await namespaceOf({ namespace: "shop" }), "shop");
  assert.equal(await namespaceOf({}), "default");
});

test("over plain HTTP no credentials are sent, as kubectl does", async () => {
  const server = await fakeServer({ tls: false });
  const machine = testMachine();
  const kubeconfig = kubeconfigOf({ server: server.url }, { token: "t" });
  const { send } = await connectWith(kubeconfig, {}, machine);
  await send(getPods, neverAborted);
  assert.equal(server.requests[0]?.headers.authorization, undefined);
  assert.match(machine.warnings.join(), /is plain HTTP: credentials are not sent/);
});

test("in a pod without kubeconfig its service account is used", async () => {
  const server = await fakeServer({ tokens: new Map([["pod-token", "system:pod"]]) });
  const { hostname, port } = new URL(server.url);
  const machine = testMachine({
    env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
  });
  machine.write("serviceaccount/token", "pod-token\n");
  machine.write("serviceaccount/ca.crt", caPem);
  machine.write("serviceaccount/namespace", "shop\n");
  const connection = await connectWith(undefined, {}, machine);
  await connection.send(getPods, neverAborted);
  assert.equal(server.requests[0]?.user, "system:pod");
  assert.equal(connection.identity.namespace, "shop");
  const flagged = await connectWith(undefined, { namespace: "bank", as: "jane" }, machine);
  await flagged.send(getPods, neverAborted);
  assert.equal(flagged.identity.namespace, "bank");
  assert.equal(server.requests[1]?.user, "jane");
});

test("in a pod a kubeconfig and --server come before the service account", async () => {
  const machine = testMachine({
    env: { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" },
  });
  machine.write("serviceaccount/token", "pod-token");
  const flagged = await connectWith(undefined, { server: "https://flag" }, machine);
  assert.equal(flagged.identity.server, "https://flag");
  const configured = await connectWith(kubeconfigOf({ server: "https://file" }), {}, machine);
  assert.equal(configured.identity.server, "https://file");
});

test("the variables of a pod without a token file are not a pod", async () => {
  const env = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" };
  await assert.rejects(connect({}, testMachine({ env })), { message: /no kubeconfig/ });
});

test("an IPv6 service host is put in brackets", async () => {
  const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
  const machine = testMachine({ env });
  machine.write("serviceaccount/token", "t");
  const { identity } = await connectWith(undefined, {}, machine);
  assert.equal(identity.server, "https://[fd00::1]");
});

test("impersonation sends user, uid, each group and each extra value on a line of its own", async () => {
  const server = await fakeServer();
  const { send } = await connectTo(server, {
    as: "jané",
    asUid: "42",
    asGroup: ["dev", "ops,all"],
    asUserExtra: ["example.com/role=a", "example.com/role=b", "100%=c"],
  });
  await send(getPods, neverAborted);
  const raw = server.requests[0]?.rawHeaders ?? [];
  const sent = raw.flatMap((name, index) =>
    index % 2 === 0 && /^impersonate/i.test(name) ? [[name, raw[index + 1]]] : [],
  );
  assert.deepEqual(sent, [
    ["Impersonate-User", Buffer.from("jané").toString("latin1")],
    ["Impersonate-Uid", "42"],
    ["Impersonate-Group", "dev"],
    ["Impersonate-Group", "ops,all"],
    ["Impersonate-Extra-example.com%2Frole", "a"],
    ["Impersonate-Extra-example.com%2Frole", "b"],
    ["Impersonate-Extra-100%25", "c"],
  ]);
});

test("a name to impersonate that cannot be a header is an error, not a second header", async () => {
  const server = await fakeServer();
  const { send } = await connectTo(server, { as: "jane\r\nImpersonate-Group: system:masters" });
  await assert.rejects(send(getPods, neverAborted), {
    code: "KubeconfigInvalid",
    message: "the header Impersonate-User cannot be sent",
  });
  assert.equal(server.requests.length, 0);
});
