import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, it } from "node:test";
import { execInContainer } from "../../../../src/cluster/kubernetes/exec.ts";
import type { ExecOutcome } from "../../../../src/cluster/cluster.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { otherCaPem } from "../../../support/fake-api-server/certificates.ts";
import { htmlPage, tooManyRequests, unavailable } from "../../../support/fake-api-server/faults.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/server.ts";
import { directConnection } from "../../../support/direct-connection.ts";
import { failNextExec, quick, runExec, startExecServer } from "../../../support/exec-fixture.ts";

const request = { namespace: "shop", pod: "db", container: "main", command: ["true"] };
const { signal } = new AbortController();

function errorOf(outcome: ExecOutcome): ArkError {
  assert.equal(outcome.kind, "rejected");
  assert.ok(outcome.kind === "rejected");
  return outcome.error;
}

describe("an exec that is refused", () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await startExecServer({ authorize: (access) => access.namespace !== "secret" });
  });
  afterEach(() => server.close());

  for (const [what, changes, code, message] of [
    ["a missing pod", { pod: "nope" }, "NotFound", /pods "nope" not found/],
    [
      "a missing container",
      { container: "nope" },
      "RequestRejected",
      /container nope is not valid for pod db/,
    ],
    ["a completed pod", { pod: "done" }, "ServerError", /container not found \("main"\)/],
    [
      "a namespace without permission",
      { namespace: "secret" },
      "Forbidden",
      /cannot create resource "pods\/exec"/,
    ],
  ] as const) {
    it(`is rejected with the server's words for ${what}`, async () => {
      const { outcome, wasStarted } = await runExec(server, ["true"], changes);
      const error = errorOf(outcome);
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.equal(wasStarted, false);
      assert.equal(server.requests.length, 1);
    });
  }

  it("is tried again after 429 and 503, and then runs", async () => {
    failNextExec(server, tooManyRequests(0));
    failNextExec(server, unavailable(0));
    const run = await runExec(server, ["echo", "x"]);
    assert.deepEqual(run.outcome, { kind: "exited", exitCode: 0 });
    assert.equal(server.requests.length, 3);
  });

  it("is rejected when the server stays busy", async () => {
    failNextExec(server, tooManyRequests(0), Infinity);
    const { outcome } = await runExec(server, ["true"], {}, { maxAttempts: 3 });
    assert.match(errorOf(outcome).message, /too many requests/);
    assert.equal(server.requests.length, 3);
  });

  it("is not repeated after 500", async () => {
    failNextExec(server, htmlPage(500));
    assert.match(errorOf((await runExec(server, ["true"])).outcome).message, /web page/);
    assert.equal(server.requests.length, 1);
  });

  it("does not read an endless refusal to its end", async () => {
    const endless = createServer((socket) => {
      socket.on("error", () => {});
      const more = () => void (socket.writable && socket.write("x".repeat(16_384), more));
      socket.once("data", () => socket.write("HTTP/1.1 403 Forbidden\r\n\r\n", more));
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${portOf(endless.address())}`;
      const connection = directConnection(url, { caPem: "" });
      const outcome = await execInContainer(request, connection, quick, signal);
      assert.equal(errorOf(outcome).code, "Forbidden");
      assert.ok(errorOf(outcome).message.length < 1000);
    } finally {
      endless.close();
    }
  });

  it("is tried once more with new credentials after 401", async () => {
    const tokens = new Map([["new", "dba"]]);
    const secured = await startExecServer({ tokens });
    let token = "old";
    let renewals = 0;
    const connection = directConnection(secured.url, {
      caPem: secured.caPem,
      headers: () => ({ Authorization: `Bearer ${token}`, "X-Twice": ["a", "b"] }),
      onRenew: () => {
        renewals += 1;
        token = renewals === 1 ? "new" : "older";
      },
    });
    try {
      const first = await execInContainer(request, connection, quick, signal);
      assert.deepEqual([first, renewals], [{ kind: "exited", exitCode: 0 }, 1]);
      const sent = secured.requests.at(-1)?.rawHeaders ?? [];
      assert.deepEqual(
        sent.filter((_, index) => sent[index - 1] === "X-Twice"),
        ["a", "b"],
      );
      tokens.clear();
      const second = await execInContainer(request, connection, quick, signal);
      assert.deepEqual([errorOf(second).code, renewals], ["Unauthorized", 2]);
    } finally {
      await secured.close();
    }
  });

  it("is rejected when nothing listens, after a few attempts", async () => {
    const { port } = await freePort();
    let attempts = 0;
    const connection = directConnection(`https://127.0.0.1:${port}`, {
      caPem: server.caPem,
      headers: () => {
        attempts += 1;
        return {};
      },
    });
    const outcome = await execInContainer(
      request,
      connection,
      { ...quick, maxAttempts: 3 },
      signal,
    );
    assert.equal(errorOf(outcome).code, "ClusterUnreachable");
    assert.match(errorOf(outcome).message, /refused/);
    assert.equal(attempts, 3);
  });

  it("is rejected when the connection is cut before the TLS handshake is done, after a few attempts", async () => {
    let connections = 0;
    const cutting = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => cutting.listen(0, "127.0.0.1", resolve));
    try {
      const url = `https://127.0.0.1:${portOf(cutting.address())}`;
      const connection = directConnection(url, { caPem: server.caPem });
      const outcome = await execInContainer(request, connection, quick, signal);
      assert.equal(errorOf(outcome).code, "ClusterUnreachable");
      assert.equal(connections, 4);
    } finally {
      cutting.close();
    }
  });

  it("is rejected when a header cannot be sent", async () => {
    const connection = directConnection(server.url, {
      caPem: server.caPem,
      headers: brokenHeaders,
    });
    const outcome = await execInContainer(request, connection, quick, signal);
    assert.equal(errorOf(outcome).code, "ClusterUnreachable");
    assert.equal(server.requests.length, 0);
  });

  it("is rejected at once when the certificate is not trusted", async () => {
    const connection = directConnection(server.url, { caPem: otherCaPem });
    const outcome = await execInContainer(request, connection, quick, signal);
    assert.equal(errorOf(outcome).code, "ClusterUnreachable");
    assert.match(errorOf(outcome).message, /not trusted/);
    assert.equal(server.counters.connections, 1);
  });

  it("is rejected with Timeout when the TLS handshake is never answered", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    try {
      const url = `https://127.0.0.1:${portOf(silent.address())}`;
      const connection = directConnection(url, { caPem: server.caPem });
      const outcome = await execInContainer(
        request,
        connection,
        { handshakeTimeoutMs: 50 },
        signal,
      );
      assert.equal(errorOf(outcome).code, "Timeout");
    } finally {
      silent.close();
    }
  });

  it("is rejected with the error of the credentials", async () => {
    const failing = new ArkError("KubeconfigInvalid", "no such plugin");
    const connection = { openTarget: () => Promise.reject(failing), renewCredentials: () => {} };
    const outcome = await execInContainer(request, connection, quick, signal);
    assert.equal(errorOf(outcome), failing);
  });
});

async function freePort(): Promise<{ port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server.address());
  await new Promise((resolve) => server.close(resolve));
  return { port };
}

function portOf(address: AddressInfo | string | null): number {
  assert.ok(address !== null && typeof address !== "string");
  return address.port;
}

function brokenHeaders() {
  return { Authorization: "Bearer a\nb" };
}
