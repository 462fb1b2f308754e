import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { askServer } from "../../../../src/cluster/kubernetes/ask-server.ts";
import type {
  ApiRequest,
  ApiResponse,
  SendRequest,
} from "../../../../src/cluster/kubernetes/requests.ts";
import { systemClock } from "../../../../src/lib/system-clock.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { connectTo, fakeServer } from "../../../support/fake-connection.ts";

const never = new AbortController().signal;

type Answer = { readonly status?: number; readonly body?: unknown; readonly date?: string };

/** Each answer takes 200 ms. */
function answering(clock: FakeClock, answers: Record<string, Answer>): SendRequest {
  return async ({ path }: ApiRequest): Promise<ApiResponse> => {
    await clock.advance(200);
    const {
      status = 200,
      body = {},
      date,
    } = answers[path.split("/").at(-1) ?? ""] ?? { status: 404 };
    const transfer = { wireBytes: 0, bodyMs: 0 };
    return { status, headers: { date }, body: Buffer.from(JSON.stringify(body)), transfer };
  };
}

const version: Answer = { body: { gitVersion: "v1.36.3" }, date: "Fri, 02 Jan 2026 03:04:05 GMT" };
const whoAmI: Answer = { status: 201, body: { status: { userInfo: { username: "ann" } } } };

async function ask(answers: Record<string, Answer>) {
  const clock = new FakeClock("2026-01-02T03:04:05Z");
  return askServer(answering(clock, answers), clock, never);
}

suite("what a server answers", () => {
  test("its version, the user, the times", async () => {
    const answer = await ask({ version, selfsubjectreviews: whoAmI });
    assert.deepEqual(answer, {
      version: "v1.36.3",
      user: "ann",
      connectMs: 200,
      roundTripMs: 200,
      // 05.0 to 06.0 there, 05.1 in the middle here.
      clock: { aheadMs: 400, uncertaintyMs: 600 },
    });
  });

  test("the time of the second answer counts: its way is shorter", async () => {
    const date = "Fri, 02 Jan 2026 03:14:05 GMT";
    const { clock } = await ask({ version, selfsubjectreviews: { ...whoAmI, date } });
    assert.deepEqual(clock, { aheadMs: 600_200, uncertaintyMs: 600 });
  });

  test("a server that hides its version, knows no review and says no time is reachable all the same", async () => {
    for (const status of [403, 404]) {
      const { version: told, user, clock } = await ask({ version: { status } });
      assert.deepEqual([told, user, clock], [undefined, undefined, undefined]);
    }
  });

  test("what is no time, no version and no user is left out", async () => {
    const odd = await ask({
      version: { body: { gitVersion: 7 }, date: "soon" },
      selfsubjectreviews: { body: { status: { userInfo: "ann" } } },
    });
    assert.deepEqual([odd.version, odd.user, odd.clock], [undefined, undefined, undefined]);
  });

  test("a refusal and a fault of the server are errors", async () => {
    await assert.rejects(ask({ version: { status: 401 } }), { code: "Unauthorized" });
    await assert.rejects(ask({ version: { status: 503 } }), { code: "ServerError" });
  });

  test("over a real connection", async () => {
    const connection = await connectTo(await fakeServer());
    const {
      version: told,
      connectMs,
      clock,
    } = await askServer(connection.send, systemClock, never);
    assert.match(told ?? "", /^v1\./);
    assert.ok(connectMs > 0);
    assert.ok(Math.abs(clock?.aheadMs ?? Infinity) <= (clock?.uncertaintyMs ?? 0) + 50);
  });
});
