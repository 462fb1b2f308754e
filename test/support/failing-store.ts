import { ArkError } from "../../src/lib/errors.ts";
import type { BackupStore, BackupWriter } from "../../src/store/backup-store.ts";
import { MemoryStore } from "./memory-store.ts";

/** Where a store fails: at create, before or amid the bytes of a file (at once, or `when` something has happened), at publish. */
export type StoreFault =
  | { readonly at: "create" | "publish" }
  | { readonly at: "write" | "read"; readonly file: string; readonly when?: Promise<void> };

export const diskFull = new ArkError("StoreUnavailable", "the disk is full");

/** A store in memory that fails once it comes to `fault`; `discarded` counts the backups that were thrown away. */
export function failingStore(
  fault: StoreFault,
): BackupStore & { readonly inner: MemoryStore; readonly discarded: string[] } {
  const inner = new MemoryStore();
  const discarded: string[] = [];
  return {
    inner,
    discarded,
    url: inner.url,
    list: (signal) => inner.list(signal),
    files: (name, signal) => inner.files(name, signal),
    read: (name, file, signal) => inner.read(name, file, signal),
    delete: (name, signal) => inner.delete(name, signal),
    async create(name, signal) {
      if (fault.at === "create") throw diskFull;
      return failingWriter(await inner.create(name, signal), fault, () => discarded.push(name));
    },
  };
}

function failingWriter(
  writer: BackupWriter,
  fault: StoreFault,
  onDiscard: () => void,
): BackupWriter {
  return {
    async write(file, content) {
      const isHit = "file" in fault && fault.file === file;
      if (isHit) await fault.when;
      if (isHit && fault.at === "write") throw diskFull;
      return writer.write(file, isHit ? failingAmid(content) : content);
    },
    async publish() {
      if (fault.at === "publish") throw diskFull;
      return writer.publish();
    },
    async discard() {
      onDiscard();
      return writer.discard();
    },
  };
}

async function* failingAmid(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const chunk of content) {
    yield chunk;
    throw diskFull;
  }
}

/** A store that nobody may write to. */
export class UntouchedStore extends MemoryStore {
  override create(): never {
    throw new Error("the store was touched");
  }
}
