import type { BackupWriter } from "../../src/store/backup-store.ts";
import { MemoryStore } from "./memory-store.ts";

/** A store in memory that calls someone before it writes a file of the name, and before it publishes ("publish"). */
export class WatchedStore extends MemoryStore {
  readonly #before: Readonly<Record<string, () => unknown>>;

  constructor(before: Readonly<Record<string, () => unknown>>) {
    super();
    this.#before = before;
  }

  override async create(...call: Parameters<MemoryStore["create"]>): Promise<BackupWriter> {
    const writer = await super.create(...call);
    const before = this.#before;
    return {
      async write(file, content) {
        await before[file]?.();
        return writer.write(file, content);
      },
      async publish() {
        await before["publish"]?.();
        return writer.publish();
      },
      discard: () => writer.discard(),
    };
  }
}
