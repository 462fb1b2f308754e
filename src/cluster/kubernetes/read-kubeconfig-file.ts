import { promises as fs } from "node:fs";
import { dirname } from "node:path";
import { CORE_SCHEMA, loadAll, mergeTag, YAMLException } from "js-yaml";
import { ArkError, messageOf } from "../../lib/errors.ts";
import { errorCodeOf } from "../../lib/error-code.ts";
import type { Kubeconfig } from "./kubeconfig.ts";
import { parseKubeconfig } from "./parse-kubeconfig.ts";

/** Far beyond any real kubeconfig, so that a wrong path (a disk image, /dev/zero) ends in a message. */
const maxFileBytes = 16 * 1024 * 1024;

/** With merge keys ("<<"), which kubectl's YAML knows. */
const schema = CORE_SCHEMA.withTags(mergeTag);

/**
 * Reads one kubeconfig file. Pipes are allowed, as with kubectl.
 * @param file absolute path
 * @returns undefined when there is no such file
 * @throws ArkError KubeconfigInvalid with the file and the reason, never with its content
 */
export async function readKubeconfigFile(file: string): Promise<Kubeconfig | undefined> {
  const text = await readText(file);
  if (text === undefined) return undefined;
  try {
    return parseKubeconfig(parseYaml(text), dirname(file));
  } catch (error) {
    throw new ArkError("KubeconfigInvalid", `kubeconfig ${file}: ${messageOf(error)}`, {
      hint: "Correct the file, or name another with --kubeconfig.",
    });
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readCapped(file);
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return undefined;
    throw new ArkError(
      "KubeconfigInvalid",
      `cannot read the kubeconfig ${file}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

async function readCapped(file: string): Promise<string> {
  await using handle = await fs.open(file);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(64 * 1024));
    if (bytesRead === 0) return Buffer.concat(chunks).toString("utf8");
    sizeBytes += bytesRead;
    if (sizeBytes > maxFileBytes) throw new Error("it is larger than 16 MiB");
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

function parseYaml(text: string): unknown {
  try {
    // Only the first document counts, as with kubectl; none at all is an empty kubeconfig.
    return loadAll(text.replace(/^\uFEFF/, ""), { schema, maxAliases: 1000 })[0];
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const place = error.mark === undefined ? "" : ` (line ${error.mark.line + 1})`;
    // oxlint-disable-next-line preserve-caught-error -- its message quotes the lines around, which may hold a key
    throw new Error(`not valid YAML: ${error.reason}${place}`);
  }
}
