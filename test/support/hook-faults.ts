import { object, pod, type PodParts } from "./builders.ts";

/** One object for each rule of `hooks check`, and what must be found in it. */
export type HookFault = {
  readonly rule: string;
  /** "pod/unknown-key" */
  readonly label: string;
  /** The faulty object, and what belongs to it. */
  readonly objects: readonly Built[];
  /** What the fix says, or begins with. */
  readonly fix: RegExp;
};

const PRE = "pre.hook.backup.ark.heptio.com";
const POST = "post.hook.backup.ark.heptio.com";
const VELERO_PRE = "pre.hook.backup.velero.io";
const VELERO_POST = "post.hook.backup.velero.io";
const LEGACY = "hook.backup.ark.heptio.com";

type Built = ReturnType<typeof pod>;
type Annotations = Readonly<Record<string, string>>;

/** Hooks that nothing is wrong with. */
export const correctHooks: Annotations = {
  [`${PRE}/command`]: '["fsfreeze","--freeze","/data"]',
  [`${PRE}/container`]: "db",
  [`${PRE}/on-error`]: "Fail",
  [`${PRE}/timeout`]: "30s",
  [`${POST}/command`]: '["fsfreeze","--unfreeze","/data"]',
  [`${POST}/container`]: "db",
};

/** Correct hooks with some annotations changed; undefined removes one. */
function hooksWith(changes: Readonly<Record<string, string | undefined>>): Annotations {
  const entries = Object.entries({ ...correctHooks, ...changes });
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

type Changes = Readonly<Record<string, string | undefined>>;

function podFault(rule: string, changes: Changes, fix: RegExp, parts: PodParts = {}): HookFault {
  const annotations = hooksWith(changes);
  const objects = [pod(`shop/${rule}`, { containers: ["db"], annotations, ...parts })];
  return { rule, label: `pod/${rule}`, objects, fix };
}

function template(annotations: Annotations): unknown {
  return { metadata: { annotations }, spec: { containers: [{ name: "db", image: "x" }] } };
}

function statefulSet(name: string, annotations: Annotations, own: Annotations = {}) {
  return object("apps/v1", "StatefulSet", `shop/${name}`, {
    metadata: { uid: `uid-${name}`, annotations: own },
    spec: { replicas: 1, template: template(annotations) },
  });
}

const set = (name: string): string => `^kubectl ark hooks set pod/${name} -n shop`;

/** What is found without looking into containers. */
export const hookFaults: readonly HookFault[] = [
  podFault(
    "unknown-key",
    { "pre.hooks.backup.ark.heptio.com/timeOut": "5m", [`${PRE}/timeout`]: undefined },
    /^kubectl annotate pod\/unknown-key -n shop pre\.hooks\.\S+\/timeOut- pre\.hook\.backup\.ark\.heptio\.com\/timeout=5m$/,
  ),
  podFault(
    "setting-without-command",
    { [`${VELERO_PRE}/timeout`]: "5m" },
    /^kubectl annotate .* pre\.hook\.backup\.velero\.io\/timeout-$/,
  ),
  podFault(
    "legacy-key",
    {
      [`${PRE}/command`]: undefined,
      [`${PRE}/container`]: undefined,
      [`${PRE}/on-error`]: undefined,
      [`${PRE}/timeout`]: undefined,
      [`${LEGACY}/command`]: '["fsfreeze","-f","/data"]',
    },
    /^kubectl ark hooks migrate pod\/legacy-key -n shop --to ark --yes$/,
  ),
  podFault(
    "ark-velero-differ",
    { [`${VELERO_POST}/command`]: '["true"]' },
    /^kubectl annotate .* post\.hook\.backup\.velero\.io\/command-$/,
  ),
  {
    rule: "annotation-on-workload",
    label: "statefulset.apps/annotation-on-workload",
    objects: [statefulSet("annotation-on-workload", {}, correctHooks)],
    fix: /^kubectl ark hooks set statefulset\.apps\/annotation-on-workload -n shop --pre '\["fsfreeze","--freeze","\/data"\]' .*--post-container db$/,
  },
  podFault(
    "empty-command",
    { [`${POST}/command`]: "[]", [`${PRE}/command`]: '["sync"]' },
    /--phase post -- PROGRAM/,
  ),
  podFault(
    "command-not-json",
    { [`${PRE}/command`]: '["sleep",5]' },
    new RegExp(
      `${set("command-not-json")} -c db --on-error Fail --timeout 30s --phase pre -- sleep 5$`,
    ),
  ),
  podFault(
    "command-not-split",
    { [`${PRE}/command`]: "/sbin/fsfreeze --freeze /data" },
    /--phase pre -- \/sbin\/fsfreeze --freeze \/data$/,
  ),
  podFault(
    "shell-syntax",
    { [`${PRE}/command`]: '["redis-cli","SAVE","&&","sync"]' },
    /-- sh -c 'redis-cli SAVE && sync'$/,
  ),
  podFault(
    "shell-script-split",
    { [`${PRE}/command`]: '["/bin/sh","-c","redis-cli","SAVE"]' },
    /-- \/bin\/sh -c 'redis-cli SAVE'$/,
  ),
  podFault(
    "no-lasting-effect",
    { [`${PRE}/command`]: '["mysql","-e","FLUSH TABLES WITH READ LOCK"]' },
    /fsfreeze/,
  ),
  podFault("wrong-container", { [`${PRE}/container`]: "bd" }, /-c db .*--phase pre -- fsfreeze/),
  podFault(
    "container-not-named",
    { [`${PRE}/container`]: undefined },
    /-c db .*--phase pre -- fsfreeze/,
    { containers: ["db", "log"] },
  ),
  podFault(
    "post-in-other-container",
    { [`${POST}/container`]: "log" },
    /-c db --phase post -- fsfreeze/,
    { containers: ["db", "log"] },
  ),
  podFault("timeout-without-unit", { [`${PRE}/timeout`]: "300" }, /--timeout 300s/),
  podFault("bad-timeout", { [`${PRE}/timeout`]: "1d" }, /-c db --on-error Fail --phase pre -- /),
  podFault("unlikely-timeout", { [`${PRE}/timeout`]: "48h" }, /^Give the time/),
  podFault("bad-on-error", { [`${PRE}/on-error`]: "continue" }, /--on-error Continue/),
  podFault("bad-order", { [`${LEGACY}/order`]: "first" }, /annotate .*\/order-$/),
  podFault(
    "freeze-not-undone",
    { [`${POST}/command`]: '["fsfreeze","--unfreeze","/dta"]' },
    /-c db --phase post -- fsfreeze -u \/data$/,
  ),
  podFault(
    "pre-without-post",
    {
      [`${PRE}/command`]: '["sync"]',
      [`${POST}/command`]: undefined,
      [`${POST}/container`]: undefined,
    },
    /-c db --phase post -- PROGRAM/,
  ),
  podFault(
    "post-without-pre",
    Object.fromEntries(
      Object.keys(correctHooks)
        .slice(0, 4)
        .map((key) => [key, undefined]),
    ),
    /--phase pre -- PROGRAM/,
  ),
  podFault("completed-pod", {}, /kubectl delete pod completed-pod -n shop/, { phase: "Succeeded" }),
  podFault("container-not-running", {}, /kubectl describe pod/, { phase: "Pending" }),
  {
    rule: "lost-at-restart",
    label: "pod/lost-at-restart-0",
    objects: [statefulSet("lost-at-restart", {}), podOf("lost-at-restart", correctHooks)],
    fix: /^kubectl ark hooks set statefulset\.apps\/lost-at-restart -n shop --pre /,
  },
];

/** A pod of a StatefulSet. */
function podOf(name: string, annotations: Annotations): Built {
  const owner = { apiVersion: "apps/v1", kind: "StatefulSet", name, uid: `uid-${name}` };
  return pod(
    `shop/${name}-0`,
    { containers: ["db"], annotations },
    { metadata: { ownerReferences: [{ ...owner, controller: true }] } },
  );
}

/** Objects that no rule has anything to say about. */
export const correctObjects: readonly Built[] = [
  pod("shop/correct", { containers: ["db"], annotations: correctHooks }),
  pod("shop/correct-velero", {
    containers: ["log", "db"],
    annotations: {
      [`${VELERO_PRE}/command`]: '["sh","-c","fsfreeze -f /data && sync"]',
      [`${VELERO_PRE}/container`]: "db",
      [`${VELERO_POST}/command`]: '["sh","-c","fsfreeze -u /data/"]',
      [`${VELERO_POST}/container`]: "db",
      "hook.backup.velero.io/order": "-1",
      "backup.velero.io/backup-volumes": "data",
      "post.hook.restore.velero.io/command": "x",
    },
  }),
  pod("shop/correct-both", {
    containers: ["db"],
    annotations: {
      ...correctHooks,
      [`${VELERO_PRE}/command`]: '[ "fsfreeze", "--freeze", "/data" ]',
    },
  }),
  pod("shop/without-hooks", { annotations: { "example.com/command": "x" } }),
  statefulSet("correct-set", correctHooks),
  podOf("correct-set", correctHooks),
];
