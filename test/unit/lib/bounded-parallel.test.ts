import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { forEachParallel } from "../../../src/lib/bounded-parallel.ts";

const never = new AbortController().signal;
const byValue = (a: number, b: number): number => a - b;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that can be ended one by one, and what was begun of it. */
function heldWork() {
  const begun: number[] = [];
  const ends = new Map<number, PromiseWithResolvers<void>>();
  const work = (item: number): Promise<void> => {
    begun.push(item);
    const end = Promise.withResolvers<void>();
    ends.set(item, end);
    return end.promise;
  };
  return { begun, work, end: (item: number) => ends.get(item) };
}

function* broken(): Generator<number> {
  yield 1;
  throw new Error("no more");
}

describe("forEachParallel", () => {
  it("begins the items in order, at most the limit at a time", async () => {
    const { begun, work, end } = heldWork();
    const running = forEachParallel([1, 2, 3, 4], 2, work, never);
    await turn();
    assert.deepEqual(begun, [1, 2]);
    end(2)?.resolve();
    await turn();
    assert.deepEqual(begun, [1, 2, 3]);
    for (const item of [1, 3]) end(item)?.resolve();
    await turn();
    end(4)?.resolve();
    await running;
    assert.deepEqual(begun, [1, 2, 3, 4]);
  });

  it("after a failure begins no new one, awaits those under way and throws the first error", async () => {
    const { begun, work, end } = heldWork();
    let isOver = false;
    const running = forEachParallel([1, 2, 3], 2, work, never).finally(() => (isOver = true));
    running.catch(() => {});
    await turn();
    end(1)?.reject(new Error("first"));
    await turn();
    assert.deepEqual([begun, isOver], [[1, 2], false]);
    end(2)?.reject(new Error("second"));
    await assert.rejects(running, { message: "first" });
  });

  it("after an abort begins no new one, awaits those under way and throws Cancelled", async () => {
    const { begun, work, end } = heldWork();
    const controller = new AbortController();
    const running = forEachParallel([1, 2], 1, work, controller.signal);
    running.catch(() => {});
    await turn();
    controller.abort();
    end(1)?.resolve();
    await assert.rejects(running, { code: "Cancelled" });
    assert.deepEqual(begun, [1]);
  });

  it("aborted beforehand, begins nothing", async () => {
    const begun = forEachParallel([1], 1, () => assert.fail("begun"), AbortSignal.abort());
    await assert.rejects(begun, { code: "Cancelled" });
  });

  it("has nothing to do without items", () => forEachParallel([], 4, () => assert.fail(), never));

  for (const limit of [0, -1, 1]) {
    it(`with the limit ${limit} works one by one`, async () => {
      let [running, most] = [0, 0];
      const work = async (): Promise<void> => {
        most = Math.max(most, ++running);
        await turn();
        running -= 1;
      };
      await forEachParallel([1, 2, 3], limit, work, never);
      assert.equal(most, 1);
    });
  }

  it("throws what the source of the items throws", async () => {
    await assert.rejects(forEachParallel(broken(), 2, turn, never), { message: "no more" });
  });

  it("does every item once, whatever the limit", async () => {
    const anyRun = fc.asyncProperty(
      fc.array(fc.nat()),
      fc.integer({ min: 1, max: 9 }),
      async (items, limit) => {
        const done: number[] = [];
        let [running, most] = [0, 0];
        await forEachParallel(
          items,
          limit,
          async (item) => {
            most = Math.max(most, ++running);
            await Promise.resolve();
            running -= 1;
            done.push(item);
          },
          never,
        );
        assert.deepEqual(done.toSorted(byValue), items.toSorted(byValue));
        assert.ok(most <= limit);
      },
    );
    await fc.assert(anyRun);
  });
});
