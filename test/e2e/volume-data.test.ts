import assert from "node:assert/strict";
import { before, test } from "node:test";
import { bringBack, bringBackPod, removeBringBackPod } from "./support/bring-back.ts";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { aDataPod, helperFlags } from "./support/pod-shell.ts";
import { lacksSnapshots, volumesOf } from "./support/snapshots.ts";
import { helpersIn, storedSha256 } from "./support/volume-copies.ts";
import { differences, fillVolume, listVolume, occupiedBytes } from "./support/volume-content.ts";

const skip = await lacksSnapshots();
const namespace = await useNamespace("voldata");
const ark = await installArk();
const thousands = process.env["ARK_E2E_FULL"] === "1" ? 100 : 20;

test(
  "data is copied out of a snapshot, and brought back by the documented commands it is the same",
  { skip },
  async (t) => {
    await namespace.apply(...aDataPod({ name: "source", size: "3Gi" }));
    await namespace.podsReady();
    await fillVolume(namespace, "source", { thousands, isSparse: true });
    const earlier = await listVolume(namespace, "source");
  },
);
