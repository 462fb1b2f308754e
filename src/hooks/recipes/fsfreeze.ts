import { pathParameter } from "./parameter.ts";
import type { Recipe, RecipeHook, RecipeValues } from "./recipe.ts";

export const fsfreeze: Recipe = {
  name: "fsfreeze",
  title: "any file system on a block device (ext4, xfs)",
  alsoKnownAs: ["freeze", "xfs_freeze", "filesystem", "ext4", "xfs"],
  container:
    "A sidecar that mounts the volume and does not write to it: what writes to a frozen file system hangs, and so would its thaw.",
  programs: ["fsfreeze"],
  privileged: true,
  parameters: [pathParameter("where the container mounts the volume", "/data")],
  hooks: {
    pre: freezeHook("fsfreeze --freeze PATH", "--freeze"),
    post: freezeHook("fsfreeze --unfreeze PATH", "--unfreeze"),
  },
  guarantees: [
    "All that was written before the freeze is on the disk, the file system's journal included, and nothing changes until the thaw: the volume is captured as after a clean unmount.",
    "A database that keeps all of its files on this one volume finds every transaction in it that it acknowledged before the freeze, and recovers from it as after a crash.",
  ],
  limits: [
    "The database was not asked: it starts with crash recovery, and what it held in memory only is not there (MyISAM tables, Redis keys since the last save).",
    "Data on several volumes is frozen one volume after another: give all of it to one volume, or use a recipe of the database.",
    "Writers hang while it is frozen; liveness probes that write may fail. Keep it short.",
    "The path must be the mount point of a volume of its own: a directory of the node's file system (emptyDir, hostPath) would freeze the node. Network file systems (NFS) cannot be frozen.",
    "Of several pods on one volume only one may have it: a second freeze fails.",
  ],
  exampleTarget: "sts/db -c fsfreeze",
};

function freezeHook(does: string, flag: string): RecipeHook {
  return {
    does,
    command: ({ path = "" }: RecipeValues) => ["fsfreeze", flag, path],
    timeout: "1m",
    onError: "Fail",
  };
}
