import type { Options } from "yargs";
import { defaultVolumeSettings } from "../../backup/backup-request.ts";
import {
  connectionFlags,
  listFlag,
  namespaceFlag,
  outputFlag,
  storeFlag,
  switchFlag,
  textFlag,
} from "../flags.ts";

const selection = "What to back up:";
const hooks = "Hooks:";

/** How pods are guarded while they are frozen. */
export const guardFlags = {
  guard: {
    choices: ["auto", "require", "off"],
    default: "auto",
    requiresArg: true,
    group: hooks,
    describe:
      "A guard in the pod thaws it when this client is gone: where possible, only so, never",
  },
  "max-freeze": textFlag("How long pods may stay frozen", { group: hooks, default: "5m" }),
} as const satisfies Record<string, Options>;

const volumes = "Volumes:";

/** How the content of volumes is captured. */
export const volumeFlags = {
  "snapshot-volumes": switchFlag(
    "CSI snapshots of volumes, cut while pods are frozen: by default where possible; true: an error where not; false: none",
    { group: volumes },
  ),
  "snapshot-class": textFlag("VolumeSnapshotClass for all (default: chosen for each driver)", {
    group: volumes,
  }),
  "snapshot-timeout": textFlag("How long a snapshot may take until it can be used (default 10m)", {
    group: volumes,
  }),
  consistency: {
    choices: ["pod", "namespace", "backup"],
    default: "pod",
    requiresArg: true,
    group: volumes,
    describe: "What is frozen together and cut at one point in time",
  },
  "volume-data": switchFlag("Copy the data of volumes into the store as well", { group: volumes }),
  "helper-image": textFlag("Image of the pod that reads a snapshot, with tar", {
    group: volumes,
    default: defaultVolumeSettings.helper.image,
  }),
  "helper-image-pull-policy": {
    choices: ["Always", "IfNotPresent", "Never"],
    requiresArg: true,
    group: volumes,
    describe: "When that image is pulled",
  },
} as const satisfies Record<string, Options>;

/** The flags of `backup create`: Ark's and Velero's names. A flag overrides the same field of `-f`. */
export const backupFlags = {
  filename: textFlag("A Backup document (YAML or JSON), - for standard input", {
    alias: "f",
    group: selection,
  }),
  namespace: {
    ...namespaceFlag.namespace,
    describe: "Back up this namespace only",
    group: selection,
  },
  "include-namespaces": listFlag("Namespaces to back up, globs allowed (default all)", {
    group: selection,
  }),
  "exclude-namespaces": listFlag("Namespaces to leave out", { group: selection }),
  "include-resources": listFlag(
    "Resources to back up, such as deploy,*.example.com (default all)",
    { group: selection },
  ),
  "exclude-resources": listFlag("Resources to leave out", { group: selection }),
  "include-cluster-scoped-resources": listFlag("Cluster-scoped resources to back up", {
    group: selection,
  }),
  "exclude-cluster-scoped-resources": listFlag("Cluster-scoped resources to leave out", {
    group: selection,
  }),
  "include-namespace-scoped-resources": listFlag("Namespaced resources to back up", {
    group: selection,
  }),
  "exclude-namespace-scoped-resources": listFlag("Namespaced resources to leave out", {
    group: selection,
  }),
  "include-cluster-resources": switchFlag(
    "Cluster-scoped objects: true, false; by default those that come along, all with all namespaces",
    { group: selection },
  ),
  selector: textFlag("Only objects with these labels", { alias: "l", group: selection }),
  "or-selector": textFlag("Objects with these labels or those, separated by ' or '", {
    group: selection,
  }),
  "ordered-resources": textFlag("Objects that go first, such as 'pods=ns/a,ns/b;configmaps=ns/c'", {
    group: selection,
  }),
  hooks: switchFlag("false: run none; true: an error when no pod has any", { group: hooks }),
  ...guardFlags,
  ...volumeFlags,
  parallelism: {
    type: "number",
    default: 4,
    requiresArg: true,
    describe: "Blocks and lists worked on at once",
  },
  "dry-run": switchFlag("Show what would run and be stored, and do nothing"),
  ttl: textFlag("How long the backup is meant to be kept, such as 720h"),
  labels: listFlag("Labels of the backup, key=value,…"),
  "api-versions": {
    type: "boolean",
    describe: "Store Velero's second copy of each object as well",
  },
  ...storeFlag,
  ...outputFlag("json", "yaml", "name"),
  ...connectionFlags,
} as const satisfies Record<string, Options>;
