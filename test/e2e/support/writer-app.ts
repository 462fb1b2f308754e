import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { image, imagePullPolicy, kubectl, type TestNamespace } from "./cluster.ts";

/** A line that the example's writer wrote: its number and the second it was written in. */
export type WrittenLine = { readonly number: number; readonly second: number };

/** examples/writer.yaml with the image of these tests; ready when this returns. */
export async function applyWriterExample(namespace: TestNamespace): Promise<void> {
  const file = resolve(import.meta.dirname, "../../../examples/writer.yaml");
  const example = await readFile(file, "utf8");
  const manifest = example
    .replaceAll("image: busybox:1.37", `image: ${image}`)
    .replaceAll("imagePullPolicy: IfNotPresent", `imagePullPolicy: ${imagePullPolicy}`);
  await kubectl(["apply", "-n", namespace.name, "-f", "-"], manifest);
  await namespace.podsReady();
}

export async function readLines(namespace: TestNamespace): Promise<WrittenLine[]> {
  const text = await namespace.exec("writer", "writer", ["cat", "/data/lines"]);
  const lines = text.split("\n").filter((line) => line.includes(" "));
  return lines.map((line) => {
    const [number, second] = line.split(" ").map(Number);
    return { number: number ?? Number.NaN, second: second ?? Number.NaN };
  });
}

/** The longest time between two lines, and how many lines came after it. */
export function longestGap(lines: readonly WrittenLine[]): {
  readonly seconds: number;
  readonly linesAfter: number;
} {
  const gaps = lines.slice(1).map((line, index) => ({
    seconds: line.second - (lines[index]?.second ?? 0),
    linesAfter: lines.length - 1 - index,
  }));
  return gaps.reduce((most, gap) => (gap.seconds > most.seconds ? gap : most), {
    seconds: 0,
    linesAfter: 0,
  });
}

/** Writes to the volume from the pod, or fails within seconds when its file system is frozen. */
export async function assertWritable(namespace: TestNamespace, pod = "writer"): Promise<void> {
  const script = "timeout 10 sh -c 'echo thawed > /data/probe && sync /data/probe'";
  await namespace.exec(pod, "fsfreeze", ["sh", "-c", script]);
}

/**
 * The disk image of a claim's volume, where the cluster keeps them as files: `$ARK_CLUSTER_DIR/csi/volumes/VOLUME.img`.
 * @returns undefined elsewhere
 */
export async function volumeImage(
  namespace: TestNamespace,
  claim: string,
): Promise<string | undefined> {
  const directory = process.env["ARK_CLUSTER_DIR"];
  if (directory === undefined) return undefined;
  const words = ["get", "pvc", claim, "-n", namespace.name, "-o", "jsonpath={.spec.volumeName}"];
  return join(directory, "csi/volumes", `${await kubectl(words)}.img`);
}
