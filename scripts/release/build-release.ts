import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { load } from "js-yaml";
import { bundle } from "../bundle.ts";
import { renderManifest } from "./krew-manifest.ts";
import { krewViolations } from "./krew-rules.ts";
import { makeExecutable, type MadeExecutable } from "./make-executable.ts";
import { type ArchivedFile, packTarGz, packZip } from "./pack-archive.ts";
import { archiveName, executableName, type Target, targetName } from "./targets.ts";
import { bundledPackages, thirdPartyLicenses } from "./third-party-licenses.ts";

export type ReleaseRequest = {
  /** Of the project. */
  readonly root: string;
  readonly version: string;
  readonly targets: readonly Target[];
  readonly homepage: string;
  /** What every file in an archive carries as its time. */
  readonly mtimeSeconds: number;
  /** An empty directory. */
  readonly output: string;
  readonly say: (line: string) => void;
};

/** The program, before and beside its executables. */
type Program = {
  /** What Node runs. */
  readonly script: Buffer;
  /** What an executable embeds. */
  readonly embedded: Buffer;
  /** The packages that are in it, as directories. */
  readonly packages: readonly string[];
};

/**
 * Bundle, archive for those who have Node, an archive for each platform, manifest for krew, sums.
 * @throws when anything of it is not as it should be; what was made until then is no release
 */
export async function buildRelease(request: ReleaseRequest): Promise<void> {
  const program = await bundleProgram(request);
  const sums = new Map<string, string>();
  const keep = async (name: string, bytes: Buffer): Promise<string> => {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await writeFile(join(request.output, name), bytes);
    request.say(`${name}  ${(bytes.length / 1e6).toFixed(1)} MB`);
    sums.set(name, sha256);
    return sha256;
  };

  await keep(`kubectl-ark-v${request.version}-node.tar.gz`, await packScript(request, program));
  const archives = [];
  for (const target of request.targets) {
    const executable = await makeExecutable(request, target, program.embedded);
    request.say(`${targetName(target)}: ${executable.account}`);
    const archive = await packExecutable(request, { target, program, executable });
    const sha256 = await keep(archiveName(target, request.version), archive);
    archives.push({ target, sha256 });
  }
  await keep("krew-manifest.yaml", await manifest({ ...request, archives }));
  const lines = [...sums].map(([name, sha256]) => `${sha256}  ${name}\n`);
  await writeFile(join(request.output, "SHA256SUMS"), lines.toSorted().join(""));
}

async function bundleProgram({ output }: ReleaseRequest): Promise<Program> {
  const directory = join(output, "work");
  await mkdir(directory);
  const [script, embedded] = [join(directory, "script"), join(directory, "embedded")];
  const { inputs } = await bundle({ outfile: script });
  await bundle({ outfile: embedded, isScript: false });
  const packages = bundledPackages(Object.keys(inputs));
  const program = {
    script: await readFile(script),
    embedded: await readFile(embedded),
    packages,
  };
  await rm(directory, { recursive: true });
  return program;
}

/** The single file for those who have Node, on whatever platform that runs. */
async function packScript(request: ReleaseRequest, program: Program): Promise<Buffer> {
  const licenses = await thirdPartyLicenses(request.root, program.packages);
  const script = { name: "kubectl-ark", bytes: program.script, isExecutable: true };
  return packTarGz([script, ...(await texts(request.root, licenses))], request.mtimeSeconds);
}

type Executable = {
  readonly target: Target;
  readonly program: Program;
  readonly executable: MadeExecutable;
};

async function packExecutable(
  { root, mtimeSeconds }: ReleaseRequest,
  { target, program, executable }: Executable,
): Promise<Buffer> {
  const licenses = await thirdPartyLicenses(root, program.packages, executable.node);
  const name = executableName(target);
  const files = [
    { name, bytes: executable.bytes, isExecutable: true },
    ...(await texts(root, licenses)),
  ];
  return target.os === "windows" ? packZip(files, mtimeSeconds) : packTarGz(files, mtimeSeconds);
}

async function texts(root: string, licenses: string): Promise<ArchivedFile[]> {
  const names = ["LICENSE", "README.md"];
  const own = names.map(async (name) => {
    return { name, bytes: await readFile(resolve(root, name)), isExecutable: false };
  });
  const others = {
    name: "THIRD_PARTY_LICENSES",
    bytes: Buffer.from(licenses),
    isExecutable: false,
  };
  return [...(await Promise.all(own)), others];
}

async function manifest(
  request: ReleaseRequest & Parameters<typeof renderManifest>[1],
): Promise<Buffer> {
  const template = await readFile(resolve(request.root, "krew/ark.yaml.template"), "utf8");
  const text = renderManifest(template, request);
  const violations = krewViolations(load(text));
  if (violations.length === 0) return Buffer.from(text);
  throw new Error(`The manifest is against krew-index's rules: ${violations.join("; ")}.`);
}
