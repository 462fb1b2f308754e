import {
  type JournalFile,
  type JournalFilesystem,
  nodeJournalFilesystem,
} from "../../src/journal/directory/journal-filesystem.ts";
import type { Failpoint } from "./failing-filesystem.ts";

/** The journal's real file system with a hook before each of its operations, those on open files included. */
export function journalFilesystemWith(failpoint: Failpoint): JournalFilesystem {
  const real = nodeJournalFilesystem;
  const before =
    <T>(name: string, action: (path: string) => Promise<T>) =>
    async (path: string): Promise<T> => {
      await failpoint(name, path);
      return action(path);
    };
  const watched = (name: string, open: (path: string) => Promise<JournalFile>) =>
    before(name, async (path) => fileWith(failpoint, path, await open(path)));
  return {
    makeDirectory: before("makeDirectory", real.makeDirectory),
    createFile: watched("createFile", real.createFile),
    openToAppend: watched("openToAppend", real.openToAppend),
    openToRead: watched("openToRead", real.openToRead),
    syncDirectory: before("syncDirectory", real.syncDirectory),
    remove: before("remove", real.remove),
    readDirectory: before("readDirectory", real.readDirectory),
    modeOf: before("modeOf", real.modeOf),
  };
}

/** Writes at most 100 bytes at a time, as a disk may. */
function fileWith(failpoint: Failpoint, path: string, file: JournalFile): JournalFile {
  return new Proxy(file, {
    get(target, property) {
      const method: unknown = Reflect.get(target, property);
      if (typeof method !== "function") return method;
      return async (...all: unknown[]): Promise<unknown> => {
        await failpoint(String(property), path);
        const [first] = all;
        const isWrite = property === "write" && first instanceof Uint8Array;
        return Reflect.apply(method, target, isWrite ? [first.subarray(0, 100)] : all);
      };
    },
  });
}
