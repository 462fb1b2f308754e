import type {
  BackupRecord,
  BlockRecord,
  HookRecord,
  VolumeRecord,
} from "../../src/api/backup-record.ts";

/** Moment 0 of the records that are built here. */
export const recordStart = Date.parse("2026-11-24T05:30:56.789Z");

/** `ms` after moment 0. */
export const moment = (ms: number): string => new Date(recordStart + ms).toISOString();

const output = (text: string) => ({ text, totalBytes: text.length, omittedBytes: 0 });

/** A hook of shop/`pod` that succeeded. */
export function aHookRecord(
  pod: string,
  phase: HookRecord["phase"],
  [startMs, lengthMs]: readonly [number, number],
  changes: Partial<HookRecord> & { readonly said?: string } = {},
): HookRecord {
  const { said = "", ...others } = changes;
  return {
    namespace: "shop",
    pod,
    container: "fsfreeze",
    name: "0",
    source: "annotation",
    phase,
    command: ["fsfreeze", phase === "pre" ? "--freeze" : "--unfreeze", "/data"],
    onError: "Fail",
    timeoutSeconds: 30,
    status: "succeeded",
    exitCode: 0,
    started: true,
    startTimestamp: moment(startMs),
    durationSeconds: lengthMs / 1000,
    stdout: output(said),
    stderr: output(""),
    ...others,
  };
}

type SnapshotTimes = {
  readonly requestMs: number;
  readonly cutMs?: number;
  readonly readyMs?: number;
};

/** A captured claim shop/`claim` with a snapshot. */
export function aVolumeRecord(
  claim: string,
  { requestMs, cutMs, readyMs }: SnapshotTimes,
  changes: Partial<VolumeRecord> = {},
): VolumeRecord {
  return {
    claim: `shop/${claim}`,
    volume: "pvc-1",
    driver: "loop.csi",
    storageClass: "loop",
    result: "captured",
    snapshot: {
      name: `ark-${claim}`,
      className: "loop",
      restoreSizeBytes: 2 ** 30,
      requestTimestamp: moment(requestMs),
      ...(cutMs === undefined ? {} : { cutTimestamp: moment(cutMs) }),
      ...(readyMs === undefined ? {} : { readyTimestamp: moment(readyMs) }),
    },
    ...changes,
  };
}

export function aCopyRecord(
  source: "snapshot" | "pod",
  [fromMs, toMs]: readonly [number, number],
): NonNullable<VolumeRecord["data"]> {
  return {
    file: "volumes/data.tar.zst",
    source,
    sizeBytes: 3 * 2 ** 20,
    uncompressedBytes: 2 ** 23,
    startTimestamp: moment(fromMs),
    endTimestamp: moment(toMs),
    warnings: [],
  };
}

/** A block of shop/`pods`. @param freeze when it was frozen, quiesced (undefined: never) and thawed; absent: no hooks */
export function aBlockRecord(
  pods: readonly string[],
  freeze: readonly [number, number | undefined, number] | undefined,
  changes: Partial<BlockRecord> = {},
): BlockRecord {
  const { volumes = [] } = changes;
  return {
    pods: pods.map((pod) => `shop/${pod}`),
    claims: volumes.map(({ claim }) => claim),
    failedPods: [],
    guards: [],
    startTimestamp: moment(freeze?.[0] ?? 0),
    durationSeconds: 1,
    ...(freeze && {
      quiescedSeconds: (freeze[2] - freeze[0]) / 1000,
      freezeTimestamp: moment(freeze[0]),
      ...(freeze[1] === undefined ? {} : { quiescedTimestamp: moment(freeze[1]) }),
      thawTimestamp: moment(freeze[2]),
    }),
    volumes: [],
    ...changes,
  };
}

export function aRecord(changes: Partial<BackupRecord> = {}): BackupRecord {
  return {
    apiVersion: "kubectl-ark/v1",
    kind: "BackupRecord",
    backup: "nightly",
    tool: { name: "kubectl-ark", version: "0.0.0-test" },
    cluster: { context: "prod", server: "https://10.0.0.1:6443", user: "jane" },
    phase: "Completed",
    startTimestamp: moment(-1000),
    completionTimestamp: moment(60_000),
    items: { total: 3, byResource: { pods: 3 }, skipped: {}, uncompressedBytes: 1000 },
    errors: [],
    warnings: [],
    hooks: [],
    podVolumes: [],
    blocks: [],
    files: {},
    ...changes,
  };
}

/** One database: quiesced in 210 ms, its snapshot cut at 517, thawed at 812, the copy done after 45 s. */
export function aFrozenRecord(changes: Partial<BackupRecord> = {}): BackupRecord {
  return aRecord({
    hooks: [
      aHookRecord("db-0", "pre", [0, 140], { name: "checkpoint" }),
      aHookRecord("db-0", "pre", [145, 65]),
      aHookRecord("db-0", "post", [700, 112]),
    ],
    blocks: [
      aBlockRecord(["db-0"], [0, 210, 812], {
        volumes: [
          aVolumeRecord(
            "data",
            { requestMs: 215, cutMs: 517, readyMs: 3400 },
            { data: aCopyRecord("snapshot", [3500, 44_500]) },
          ),
        ],
      }),
    ],
    ...changes,
  });
}

/** `count` databases one after the other; the later, the longer frozen. */
export function aRecordOfBlocks(count: number): BackupRecord {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return aRecord({
    hooks: numbers.flatMap((index) => [
      aHookRecord(`db-${index}`, "pre", [index * 500, 10]),
      aHookRecord(`db-${index}`, "post", [index * 500 + 20 + index, 10]),
    ]),
    blocks: numbers.map((index) => {
      const from = index * 500;
      return aBlockRecord([`db-${index}`], [from, from + 10, from + 30 + index]);
    }),
  });
}
