import assert from "node:assert/strict";
import { test } from "node:test";
import {
  adminKeyPair,
  caPem,
  otherCaPem,
  otherServerName,
  secondUserKeyPair,
} from "../../../support/fake-api-server/certificates.ts";
import {
  base64,
  getPods,
  kubeconfigOf,
  neverAborted,
  testMachine,
} from "../../../support/connection-environment.ts";
import { connectTo, connectWith, fakeServer } from "../../../support/fake-connection.ts";

const ca = { "certificate-authority-data": base64(caPem) };

test("a server whose CA is not trusted is refused with the flag that helps", async () => {
  const server = await fakeServer();
  for (const cluster of [
    { server: server.url },
    { server: server.url, "certificate-authority-data": base64(otherCaPem) },
  ]) {
    const { send } = await connectWith(kubeconfigOf(cluster));
    await assert.rejects(send(getPods, neverAborted), {
      code: "ClusterUnreachable",
      message: /authority that is not trusted/,
      hint: /--certificate-authority/,
    });
  }
  assert.equal(server.requests.length, 0);
});

test("the CA may be a file, in the kubeconfig or by flag", async () => {
  const server = await fakeServer();
  const machine = testMachine();
  machine.write("home/.kube/ca.pem", caPem);
  machine.write("flag.pem", caPem);
  const relative = { server: server.url, "certificate-authority": "ca.pem" };
  const byFile = await connectWith(kubeconfigOf(relative), {}, machine);
  assert.equal((await byFile.send(getPods, neverAborted)).status, 200);
  const flags = { certificateAuthority: "flag.pem" };
  const byFlag = await connectWith(kubeconfigOf({ server: server.url }), flags, machine);
  assert.equal((await byFlag.send(getPods, neverAborted)).status, 200);
});

test("insecure-skip-tls-verify trusts any certificate", async () => {
  const server = await fakeServer({ certificate: "expired" });
  const cluster = { server: server.url, "insecure-skip-tls-verify": true };
  const { send } = await connectWith(kubeconfigOf(cluster));
  assert.equal((await send(getPods, neverAborted)).status, 200);
  const flagged = await connectTo(server, { insecureSkipTlsVerify: true });
  assert.equal((await flagged.send(getPods, neverAborted)).status, 200);
});

test("an expired server certificate is told as such", async () => {
  const { send } = await connectTo(await fakeServer({ certificate: "expired" }));
  await assert.rejects(send(getPods, neverAborted), {
    code: "ClusterUnreachable",
    message: /certificate has expired/,
    hint: /clock/,
  });
});

test("a certificate for another name is refused, naming --tls-server-name", async () => {
  const { send } = await connectTo(await fakeServer({ certificate: "otherName" }));
  await assert.rejects(send(getPods, neverAborted), {
    code: "ClusterUnreachable",
    message: new RegExp(`for another name .*${otherServerName}`),
    hint: /--tls-server-name/,
  });
});

test("tls-server-name is verified and sent as SNI", async () => {
  const server = await fakeServer();
  const named = { server: server.url, "tls-server-name": otherServerName, ...ca };
  const byConfig = await connectWith(kubeconfigOf(named));
  assert.equal((await byConfig.send(getPods, neverAborted)).status, 200);
  const byFlag = await connectTo(server, { tlsServerName: otherServerName });
  assert.equal((await byFlag.send(getPods, neverAborted)).status, 200);
  const wrong = await connectTo(server, { tlsServerName: "elsewhere.test" });
  await assert.rejects(wrong.send(getPods, neverAborted), { message: /for another name/ });
});

test("tls-server-name may be an IP address, which is verified but is no SNI", async () => {
  const server = await fakeServer();
  const right = await connectTo(server, { tlsServerName: "127.0.0.1" });
  assert.equal((await right.send(getPods, neverAborted)).status, 200);
  for (const tlsServerName of ["127.0.0.2", "::1", "[::1]"]) {
    const wrong = await connectTo(server, { tlsServerName });
    await assert.rejects(wrong.send(getPods, neverAborted), {
      code: "ClusterUnreachable",
      message: /for another name/,
    });
  }
});

test("client certificates identify the user, from data, files and flags", async () => {
  const server = await fakeServer({ allowAnonymous: false });
  const machine = testMachine();
  machine.write("home/.kube/c.pem", adminKeyPair.cert);
  machine.write("home/.kube/k.pem", adminKeyPair.key);
  machine.write("second.pem", secondUserKeyPair.cert);
  machine.write("second-key.pem", secondUserKeyPair.key);
  const files = { "client-certificate": "c.pem", "client-key": "k.pem" };
  const kubeconfig = kubeconfigOf({ server: server.url, ...ca }, files);
  const byFile = await connectWith(kubeconfig, {}, machine);
  await byFile.send(getPods, neverAborted);
  const flags = { clientCertificate: "second.pem", clientKey: "second-key.pem" };
  const byFlag = await connectWith(kubeconfig, flags, machine);
  await byFlag.send(getPods, neverAborted);
  const byData = await connectTo(server);
  await byData.send(getPods, neverAborted);
  assert.deepEqual(
    server.requests.map(({ user }) => user),
    ["test-admin", "test-second-user", "test-admin"],
  );
});

test("certificates and keys that cannot work are refused when connecting, without being quoted", async () => {
  const server = await fakeServer();
  const cluster = { server: server.url, ...ca };
  const broken = base64("-----BEGIN CERTIFICATE-----\ns3cret\n-----END CERTIFICATE-----\n");
  const cert = base64(adminKeyPair.cert);
  const cases: readonly (readonly [object, object, RegExp])[] = [
    [
      { server: server.url, "certificate-authority-data": broken },
      {},
      /cluster k: certificate-auth/,
    ],
    [{ server: server.url, "certificate-authority-data": base64("text") }, {}, /not a certificate/],
    [{ server: server.url, "certificate-authority": "none.pem" }, {}, /cannot be read: ENOENT/],
    [cluster, { "client-certificate": "none.pem", "client-key": "none.pem" }, /cannot be read/],
    [cluster, { "client-certificate-data": broken, "client-key-data": broken }, /do not work/],
    [
      cluster,
      { "client-certificate-data": cert, "client-key-data": base64(secondUserKeyPair.key) },
      /certificate and key do not work together/,
    ],
  ];
  for (const [clusterFields, user, message] of cases) {
    await assert.rejects(connectWith(kubeconfigOf(clusterFields, user)), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  }
});
