import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Ark } from "./cli.ts";
import { imagePullPolicy, kubectl, type TestNamespace } from "./cluster.ts";
import { tarImage } from "./pod-shell.ts";

/** What stands for the names and sizes in docs/volume-data.md; the claim has the same name, data. */
export type BringBack = {
  readonly ark: Ark;
  readonly backup: string;
  readonly namespace: TestNamespace;
  readonly size: string;
};

/** The pod of the documentation that has the new claim. */
export const bringBackPod = "bring-back";

/** Runs the commands of docs/volume-data.md, all but the last, which removes the pod. */
export async function bringBack({ ark, ...facts }: BringBack): Promise<void> {
  const commands = await readCommands(facts);
  const { exitCode, stderr } = await ark.shell(["set -eo pipefail", ...commands].join("\n"));
  if (exitCode !== 0) throw new Error(`${commands.join("\n")}\nended with ${exitCode}: ${stderr}`);
}

export async function removeBringBackPod(namespace: TestNamespace): Promise<void> {
  await kubectl(["-n", namespace.name, "delete", "pod", bringBackPod]);
}

async function readCommands(facts: Omit<BringBack, "ark">): Promise<string[]> {
  const file = resolve(import.meta.dirname, "../../../docs/volume-data.md");
  const [, section = ""] = (await readFile(file, "utf8")).split("## Bringing it back by hand");
  const lines = section
    .split("\n## ")[0]
    ?.split("\n")
    .filter((line) => line.startsWith("    "))
    .map((line) => line.slice(4));
  const [last, ...rest] = [lines?.pop(), ...(lines ?? [])];
  if (last !== `kubectl -n shop delete pod ${bringBackPod}`) {
    throw new Error(`${file} has other commands than expected: ${last}`);
  }
  return rest.map((line) => withNames(line, facts));
}

function withNames(line: string, { backup, namespace, size }: Omit<BringBack, "ark">) {
  return line
    .replaceAll("-n shop", `-n ${namespace.name}`)
    .replaceAll("shop/data", `${namespace.name}/data`)
    .replace("download nightly", `download ${backup}`)
    .replace("storage: 10Gi", `storage: ${size}`)
    .replace(/^( *)image: .*/, `$1image: ${tarImage}\n$1imagePullPolicy: ${imagePullPolicy}`);
}
