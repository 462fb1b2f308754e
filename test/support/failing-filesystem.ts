import {
  type Filesystem,
  nodeFilesystem,
  type OpenFile,
} from "../../src/store/directory/filesystem.ts";

/** Called before each operation on the disk; what it throws is the operation's failure, and it may never return. */
export type Failpoint = (operation: string, path: string) => void | Promise<void>;

/**
 * The real file system with a hook before each of its operations, those on open files included.
 * @param opened collects the real files, for a test that leaves them open
 */
export function filesystemWith(
  failpoint: Failpoint,
  opened: Set<OpenFile> = new Set(),
): Filesystem {
  const before =
    <Arguments extends [string, ...string[]], T>(
      name: string,
      action: (...all: Arguments) => Promise<T>,
    ) =>
    async (...all: Arguments): Promise<T> => {
      await failpoint(name, all[0]);
      return action(...all);
    };
  const watched = async (path: string, opening: Promise<OpenFile>): Promise<OpenFile> => {
    const file = await opening;
    opened.add(file);
    return fileWith(failpoint, path, file);
  };
  return {
    mkdir: before("mkdir", nodeFilesystem.mkdir),
    makeParents: before("makeParents", nodeFilesystem.makeParents),
    createFile: before("createFile", (path) => watched(path, nodeFilesystem.createFile(path))),
    openFile: before("openFile", (path) => watched(path, nodeFilesystem.openFile(path))),
    syncDirectory: before("syncDirectory", nodeFilesystem.syncDirectory),
    rename: before("rename", nodeFilesystem.rename),
    remove: before("remove", nodeFilesystem.remove),
    removeEmpty: before("removeEmpty", nodeFilesystem.removeEmpty),
    touch: before("touch", nodeFilesystem.touch),
    readDirectory: before("readDirectory", nodeFilesystem.readDirectory),
    lstat: before("lstat", nodeFilesystem.lstat),
  };
}

/** Writes at most 1,000 bytes at a time, as a disk may. */
function fileWith(failpoint: Failpoint, path: string, file: OpenFile): OpenFile {
  return new Proxy(file, {
    get(target, property) {
      const method: unknown = Reflect.get(target, property);
      if (typeof method !== "function") return method;
      return async (...all: unknown[]): Promise<unknown> => {
        await failpoint(String(property), path);
        const [first] = all;
        const isWrite = property === "write" && first instanceof Uint8Array;
        return Reflect.apply(method, target, isWrite ? [first.subarray(0, 1000)] : all);
      };
    },
  });
}

/** An error as the operating system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as injected`), { code });
}
