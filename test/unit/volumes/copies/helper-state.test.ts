import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { helperState } from "../../../../src/volumes/copies/helper-state.ts";

function stateOf(status: unknown, metadata = {}): string {
  const state = helperState({ metadata: { name: "h", ...metadata }, status });
  return state.kind === "running" ? "running" : `${state.kind}: ${state.why}`;
}
const waits = (reason: string, message?: string): unknown => ({
  phase: "Pending",
  containerStatuses: [{ state: { waiting: { reason, message } } }],
});
const unscheduled = {
  type: "PodScheduled",
  status: "False",
  reason: "Unschedulable",
  message: "0/3 nodes",
};

describe("helperState", () => {
  const rows: readonly [status: unknown, state: string][] = [
    [{ phase: "Running", containerStatuses: [{ state: { running: {} } }] }, "running"],
    [{}, "waiting: its volume is not mounted or its image not pulled yet"],
    [undefined, "waiting: its volume is not mounted or its image not pulled yet"],
    [{ phase: "Pending", conditions: [unscheduled] }, "waiting: Unschedulable: 0/3 nodes"],
    [waits("ContainerCreating"), "waiting: its volume is not mounted or its image not pulled yet"],
    [waits("ErrImagePull", "try again"), "waiting: ErrImagePull: try again"],
    [waits("ImagePullBackOff", "no such image"), "broken: ImagePullBackOff: no such image"],
    [waits("ErrImageNeverPull", "not present"), "broken: ErrImageNeverPull: not present"],
    [waits("InvalidImageName"), "broken: InvalidImageName"],
    [waits("CreateContainerConfigError", "as root"), "broken: CreateContainerConfigError: as root"],
    [waits("RunContainerError", "no sh"), "broken: RunContainerError: no sh"],
    [
      { phase: "Failed", reason: "Evicted", message: "disk" },
      "broken: it has ended: Evicted: disk",
    ],
    [{ phase: "Succeeded" }, "broken: it has ended: Succeeded"],
    [
      { phase: "Failed", containerStatuses: [{ state: { terminated: { reason: "Error" } } }] },
      "broken: it has ended: Error",
    ],
    [
      { phase: 7, containerStatuses: "x", conditions: null },
      "waiting: its volume is not mounted or its image not pulled yet",
    ],
  ];
  for (const [status, state] of rows) {
    it(`reads ${JSON.stringify(status)} as ${state}`, () => assert.equal(stateOf(status), state));
  }

  it("is broken when somebody deletes it, even if it still runs", () => {
    const deleted = { deletionTimestamp: "2026-01-01T00:00:00Z" };
    const status = { phase: "Running", containerStatuses: [{ state: { running: {} } }] };
    assert.equal(stateOf(status, deleted), "broken: somebody has deleted it");
  });
});
