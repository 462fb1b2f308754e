import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import {
  getByClientNode,
  seenByClientNode,
  seenByUs,
  startWitness,
} from "../../../support/client-node-reference.ts";
import {
  base64,
  kubeconfigOf,
  neverAborted,
  testMachine,
} from "../../../support/connection-environment.ts";
import {
  adminKeyPair,
  caPem,
  otherCaPem,
  otherServerName,
  secondUserKeyPair,
} from "../../../support/fake-api-server/certificates.ts";
import { connectWith, fakeServer } from "../../../support/fake-connection.ts";

const path = "/api/v1/namespaces/shop/pods?limit=500";
const folder = "home/.kube";

/** One piece of PEM: inside the kubeconfig, or in a file beside it. */
type Place = "data" | "relative" | "absolute";
type Field = readonly [name: string, pem: string, place: Place];

const machine = testMachine();

function written([name, pem, place]: Field): object {
  if (place === "data") return { [`${name}-data`]: base64(pem) };
  const digest = createHash("sha256").update(pem).digest("hex").slice(0, 8);
  const relative = `pki/${digest}.pem`;
  const absolute = machine.write(join(folder, relative), pem);
  return { [name]: place === "relative" ? relative : absolute };
}

const place = fc.constantFrom<Place>("data", "relative", "absolute");

const trust = fc.oneof(
  { weight: 6, arbitrary: place.map((where) => written(["certificate-authority", caPem, where])) },
  fc.constant({ "insecure-skip-tls-verify": true }),
  place.map((where) => written(["certificate-authority", otherCaPem, where])),
  fc.constant({}),
);

const serverName = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc
    .constantFrom("localhost", otherServerName, "elsewhere.test")
    .map((name) => ({ "tls-server-name": name })),
);

const certificate = fc.oneof(
  fc.constant({}),
  fc
    .tuple(fc.constantFrom(adminKeyPair, secondUserKeyPair), place, place)
    .map(([{ cert, key }, certPlace, keyPlace]) => ({
      ...written(["client-certificate", cert, certPlace]),
      ...written(["client-key", key, keyPlace]),
    })),
);

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 40,
});
const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });

const login = fc.oneof(
  fc.constant({}),
  visible.map((token) => ({ token })),
  fc.record({ username: words, password: words }).filter(({ username }) => !username.includes(":")),
);

const impersonation = fc
  .option(fc.constantFrom("jane", "system:serviceaccount:shop:db", "a b"), { nil: undefined })
  .map((as) => ({ as }));

const prefix = fc.constantFrom("", "/", "/k8s/clusters/c-1");

test("every kubeconfig on which kubectl and client-node agree is used as client-node uses it", async () => {
  const server = await startWitness();
  const codes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(trust, serverName, certificate, login, impersonation, prefix),
      async ([trusted, name, presented, given, as, below]) => {
        const cluster = { server: `${server}${below}`, ...trusted, ...name };
        const kubeconfig = kubeconfigOf(cluster, { ...presented, ...given, ...as });
        const file = machine.write(join(folder, "config"), kubeconfig);
        const reference = new KubeConfig();
        reference.loadFromFile(file);
        const connection = await connectWith(undefined, {}, machine);
        const [expected, actual] = await Promise.all([
          seenByClientNode(reference, path),
          seenByUs(connection, path),
        ]);
        connection.close();
        codes.add("failed" in expected ? expected.failed : "seen");
        assert.deepEqual(actual, expected);
      },
    ),
    { numRuns: 80 },
  );
  // What is generated reaches the server often, and is also refused for each reason.
  assert.ok(codes.has("seen"));
});

test("an embedded kubeconfig reads the same from its text", async () => {
  const server = await startWitness();
  const kubeconfig = kubeconfigOf(
    {
      server,
      ...written(["certificate-authority", caPem, "data"]),
      "tls-server-name": otherServerName,
    },
    {
      ...written(["client-certificate", adminKeyPair.cert, "data"]),
      ...written(["client-key", adminKeyPair.key, "data"]),
      as: "jane",
    },
  );
  const reference = new KubeConfig();
  reference.loadFromString(JSON.stringify(kubeconfig));
  const seen = await seenByUs(await connectWith(kubeconfig), path);
  assert.deepEqual(seen, await seenByClientNode(reference, path));
  assert.deepEqual(seen, {
    path,
    headers: { "impersonate-user": "jane" },
    clientCertificate: "O=system:masters\nCN=test-admin",
    serverName: otherServerName,
  });
});

test("in a pod both use the service account's token and CA", async (context) => {
  const { hostname, port } = new URL(await startWitness());
  const account = "var/run/secrets/kubernetes.io/serviceaccount";
  const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  const pod = testMachine({ env });
  pod.write(join(account, "token"), "pod-token");
  pod.write(join(account, "ca.crt"), caPem);
  pod.write(join(account, "namespace"), "shop");
  const before = { ...process.env };
  context.after(() => {
    process.env = before;
  });
  Object.assign(process.env, env);
  const reference = new KubeConfig();
  reference.loadFromCluster(pod.directory);
  const serviceAccountDirectory = join(pod.directory, account);
  const connection = await connectWith(undefined, {}, { ...pod, serviceAccountDirectory });
  const seen = await seenByUs(connection, path);
  assert.deepEqual(seen, await seenByClientNode(reference, path));
  assert.deepEqual("headers" in seen && seen.headers, { authorization: "Bearer pod-token" });
  assert.equal(
    connection.identity.namespace,
    reference.getContextObject("inClusterContext")?.namespace,
  );
});

test("the answers to lists are those of client-node byte for byte, gzip or not", async () => {
  const server = await fakeServer();
  for (const name of ["a", "b", "c"]) {
    const data = { text: `é😀\u2028 </script> ${"x".repeat(60_000)}`, number: "1e400", name };
    const metadata = { namespace: "shop", name, annotations: { "x/y": '{"a":1}' } };
    server.put({ apiVersion: "v1", kind: "ConfigMap", metadata, data });
  }
  const reference = new KubeConfig();
  reference.loadFromString(server.kubeconfig());
  const { send } = await connectWith(server.kubeconfig());
  for (const query of [[], [["limit", "2"]], [["labelSelector", "a=b"]]] as [string, string][][]) {
    const list = "/api/v1/namespaces/shop/configmaps";
    const asked = new URLSearchParams(query).toString();
    const expected = await getByClientNode(reference, asked === "" ? list : `${list}?${asked}`);
    for (const gzip of [false, true]) {
      const request = { method: "GET", path: list, query, gzip, purpose: "list" } as const;
      const { body, transfer } = await send(request, neverAborted);
      assert.deepEqual(Buffer.from(body), expected);
      if (gzip && query.length === 0) assert.ok(transfer.wireBytes < body.length);
    }
  }
});
