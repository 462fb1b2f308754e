import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import assert from "node:assert/strict";
import { Agent, type AgentOptions, type RequestOptions } from "node:https";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import {
  seenByClientNode,
  seenByUs,
  startWitness,
} from "../../../support/client-node-reference.ts";
import {
  base64,
  getPods,
  kubeconfigOf,
  neverAborted,
  testMachine,
} from "../../../support/connection-environment.ts";
import {
  adminKeyPair,
  caPem,
  secondUserKeyPair,
} from "../../../support/fake-api-server/certificates.ts";
import { connectWith } from "../../../support/fake-connection.ts";

// Why connecting is code of our own: what client-node does here, kubectl does not. When an upgrade mends one of these,
// its test fails and the difference can be struck off.

const ca = { "certificate-authority-data": base64(caPem) };
const path = "/api";
const apiVersion = "client.authentication.k8s.io/v1";

function clientNode(kubeconfig: object): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(JSON.stringify(kubeconfig));
  return config;
}

/** What client-node finds by itself with these environment variables. */
function clientNodeDefault(env: Readonly<Record<string, string>>): KubeConfig {
  const before = process.env;
  process.env = { ...env };
  try {
    const config = new KubeConfig();
    config.loadFromDefault();
    return config;
  } finally {
    process.env = before;
  }
}

async function agentOf(config: KubeConfig): Promise<RequestOptions["agent"]> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return options.agent;
}

function named(name: string, server = `https://${name}`): object {
  return {
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
}

/** Runs node as an exec plugin: `script` is an expression that gives the status. */
function execUser(script: string): object {
  const credential = `{ kind: "ExecCredential", apiVersion: "${apiVersion}", status: ${script} }`;
  const args = ["-e", `console.log(JSON.stringify(${credential}))`];
  return { exec: { apiVersion, interactiveMode: "Never", command: process.execPath, args } };
}

test("of several files the last current-context wins, for kubectl the first", async () => {
  const machine = testMachine();
  const KUBECONFIG = ["a", "b"].map((name) => machine.write(name, named(name))).join(delimiter);
  assert.equal(clientNodeDefault({ KUBECONFIG }).getCurrentContext(), "b");
  const { identity } = await connectWith(undefined, {}, { ...machine, env: { KUBECONFIG } });
  assert.equal(identity.context, "a");
});

test("a name that is in two files is an error, for kubectl the first wins", async () => {
  const machine = testMachine();
  const first = machine.write("first", named("a", "https://first"));
  const second = machine.write("second", named("a", "https://second"));
  const KUBECONFIG = [first, second].join(delimiter);
  assert.throws(() => clientNodeDefault({ KUBECONFIG }), /Duplicate cluster: a/);
  const { identity } = await connectWith(undefined, {}, { ...machine, env: { KUBECONFIG } });
  assert.equal(identity.server, "https://first");
});

test("a missing file among several is an error, kubectl skips it", async () => {
  const machine = testMachine();
  const KUBECONFIG = ["/no/such/file", machine.write("a", named("a"))].join(delimiter);
  assert.throws(() => clientNodeDefault({ KUBECONFIG }), { code: "ENOENT" });
  const { identity } = await connectWith(undefined, {}, { ...machine, env: { KUBECONFIG } });
  assert.equal(identity.context, "a");
});

test("without kubeconfig a server on localhost is guessed", async () => {
  const config = clientNodeDefault({ HOME: testMachine().directory });
  assert.equal(config.getCurrentCluster()?.server, "http://localhost:8080");
  await assert.rejects(connectWith(undefined), { code: "KubeconfigInvalid" });
});

test("an exec plugin is not told what kubectl tells it", async () => {
  const server = await startWitness();
  const user = execUser('{ token: process.env.KUBERNETES_EXEC_INFO ? "told" : "untold" }');
  const kubeconfig = kubeconfigOf({ server, ...ca }, user);
  const theirs = await seenByClientNode(clientNode(kubeconfig), path);
  assert.deepEqual("headers" in theirs && theirs.headers, { authorization: "Bearer untold" });
  const ours = await seenByUs(await connectWith(kubeconfig), path);
  assert.deepEqual("headers" in ours && ours.headers, { authorization: "Bearer told" });
});

test("an exec plugin given by a path is looked for from the working directory, not beside the kubeconfig", async () => {
  const machine = testMachine();
  const exec = {
    apiVersion,
    interactiveMode: "Never",
    command: "./plugin",
    installHint: "Get it.",
  };
  const file = machine.write("home/.kube/config", kubeconfigOf({ server: "https://a" }, { exec }));
  const config = new KubeConfig();
  config.loadFromFile(file);
  assert.equal(config.getCurrentUser()?.exec.command, "./plugin");
  // The install hint is not shown either.
  await assert.rejects(agentOf(config), { code: "ENOENT", message: "spawn ./plugin ENOENT" });
  const connection = await connectWith(undefined, {}, machine);
  await assert.rejects(connection.send(getPods, neverAborted), {
    message: new RegExp(join(machine.directory, "home/.kube/plugin")),
    hint: "Get it.",
  });
});

test("a renewed client certificate of an exec plugin is not presented", async () => {
  const machine = testMachine();
  const pairs = [adminKeyPair, secondUserKeyPair].map(({ cert, key }) => ({
    clientCertificateData: cert,
    clientKeyData: key,
    expirationTimestamp: "2000-01-01T00:00:00Z",
  }));
  const calls = machine.write("calls", "0");
  const next = `((fs) => { const n = +fs.readFileSync(${JSON.stringify(calls)}); fs.writeFileSync(${JSON.stringify(calls)}, "1"); return ${JSON.stringify(pairs)}[n]; })(require("fs"))`;
  const config = clientNode(kubeconfigOf({ server: "https://a" }, execUser(next)));
  const options: RequestOptions = {};
  const first = await agentOf(config);
  await config.applyToHTTPSOptions(options);
  assert.equal(options.cert, secondUserKeyPair.cert);
  assert.equal(options.agent, first);
  assert.ok(first instanceof Agent);
  const held: AgentOptions = first.options;
  assert.equal(held.cert, adminKeyPair.cert);
});

test("groups, uid and extra to impersonate are dropped, which asks with more rights than meant", async () => {
  const server = await startWitness();
  const user = { as: "jane", "as-groups": ["dev"], "as-uid": "7", "as-user-extra": { a: ["b"] } };
  const kubeconfig = kubeconfigOf({ server, ...ca }, user);
  const theirs = await seenByClientNode(clientNode(kubeconfig), path);
  assert.deepEqual("headers" in theirs && theirs.headers, { "impersonate-user": "jane" });
  const ours = await seenByUs(await connectWith(kubeconfig), path);
  assert.deepEqual("headers" in ours && ours.headers, {
    "impersonate-user": "jane",
    "impersonate-group": "dev",
    "impersonate-uid": "7",
    "impersonate-extra-a": "b",
  });
});

test("the proxy of the environment is ignored", async (context) => {
  const before = process.env;
  context.after(() => {
    process.env = before;
  });
  process.env = { ...before, HTTPS_PROXY: "http://127.0.0.1:1" };
  const agent = await agentOf(clientNode(kubeconfigOf({ server: "https://api.invalid" })));
  assert.equal(agent?.constructor, Agent);
});

test("a server of plain HTTP is refused", async () => {
  const kubeconfig = kubeconfigOf({ server: "http://127.0.0.1:8080" });
  await assert.rejects(agentOf(clientNode(kubeconfig)), /HTTP protocol is not allowed/);
  assert.equal((await connectWith(kubeconfig)).identity.server, "http://127.0.0.1:8080");
});

test("the token file of a kubeconfig is not read", async () => {
  const server = await startWitness();
  const machine = testMachine();
  const tokenFile = machine.write("token", "t\n");
  const kubeconfig = kubeconfigOf({ server, ...ca }, { tokenFile });
  const theirs = await seenByClientNode(clientNode(kubeconfig), path);
  assert.deepEqual("headers" in theirs && theirs.headers, {});
  const ours = await seenByUs(await connectWith(kubeconfig), path);
  assert.deepEqual("headers" in ours && ours.headers, { authorization: "Bearer t" });
});

test("a user name without password is sent with the password undefined", async () => {
  const server = await startWitness();
  const kubeconfig = kubeconfigOf({ server, ...ca }, { username: "jane" });
  const theirs = await seenByClientNode(clientNode(kubeconfig), path);
  const wrong = { authorization: `Basic ${base64("jane:undefined")}` };
  assert.deepEqual("headers" in theirs && theirs.headers, wrong);
  const ours = await seenByUs(await connectWith(kubeconfig), path);
  const right = { authorization: `Basic ${base64("jane:")}` };
  assert.deepEqual("headers" in ours && ours.headers, right);
});

test("the CA of a context without user is ignored", async () => {
  const server = await startWitness();
  const kubeconfig = kubeconfigOf({ server, ...ca }, {}, { user: "" });
  const theirs = await seenByClientNode(clientNode(kubeconfig), path);
  assert.ok("failed" in theirs);
  const ours = await seenByUs(await connectWith(kubeconfig), path);
  assert.ok("headers" in ours);
});

test("OIDC tokens cannot be refreshed", async () => {
  const token = [{ alg: "RS256" }, { exp: 1 }]
    .map((part) => base64(JSON.stringify(part)))
    .join(".");
  const config = {
    "idp-issuer-url": "https://127.0.0.1:1/dex",
    "client-id": "kubectl",
    "client-secret": "secret",
    "id-token": `${token}.c2ln`,
    "refresh-token": "refresh",
  };
  const user = { "auth-provider": { name: "oidc", config } };
  const outcome = agentOf(clientNode(kubeconfigOf({ server: "https://a" }, user)));
  await assert.rejects(outcome, {
    code: "ERR_INVALID_ARG_TYPE",
    message: '"server" must be an instance of URL',
  });
});
