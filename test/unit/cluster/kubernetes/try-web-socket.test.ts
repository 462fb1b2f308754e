import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { tryWebSocket } from "../../../../src/cluster/kubernetes/try-web-socket.ts";
import { htmlPage, type Fault } from "../../../support/fake-api-server/faults.ts";
import type { FakeApiServerOptions } from "../../../support/fake-api-server/server.ts";
import { connectTo, fakeServer } from "../../../support/fake-connection.ts";

const never = new AbortController().signal;

async function attempt(options: FakeApiServerOptions = {}, fault?: Fault, signal = never) {
  const server = await fakeServer(options);
  if (fault) server.fault({ match: ({ query }) => query.has("watch"), fault });
  return tryWebSocket(await connectTo(server), "shop", signal);
}

suite("a WebSocket that does nothing", () => {
  test("opens where exec would, and asks for a pod that cannot be there", async () => {
    const server = await fakeServer();
    assert.deepEqual(await tryWebSocket(await connectTo(server), "shop", never), { kind: "open" });
    const [request] = server.requests;
    assert.equal(request?.path, "/api/v1/namespaces/shop/pods");
    assert.match(request.query.get("fieldSelector") ?? "", /^metadata\.name=[a-z-]+\.\.[a-z]+$/);
  });

  test("who may not watch learns nothing", async () => {
    assert.deepEqual(await attempt({ authorize: ({ verb }) => verb !== "watch" }), {
      kind: "forbidden",
    });
  });

  test("an ordinary answer means that something took the upgrade away", async () => {
    assert.deepEqual(await attempt({}, htmlPage(200)), {
      kind: "closed",
      message: "answered with status 200 instead of 101",
    });
  });

  test("a connection that is cut is closed", async () => {
    const trial = await attempt({}, { kind: "resetBeforeHeaders" });
    assert.equal(trial.kind, "closed");
  });

  test("it is given up with the signal", async () => {
    const controller = new AbortController();
    const until = new Promise<void>(() => {});
    const server = await fakeServer();
    const match = ({ query }: { readonly query: URLSearchParams }): boolean => {
      queueMicrotask(() => controller.abort());
      return query.has("watch");
    };
    server.fault({ match, fault: { kind: "hold", until } });
    const trial = await tryWebSocket(await connectTo(server), "shop", controller.signal);
    assert.equal(trial.kind, "closed");
  });
});
