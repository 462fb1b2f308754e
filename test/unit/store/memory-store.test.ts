import { MemoryStore } from "../../support/memory-store.ts";
import { testBackupStore } from "../../support/store-suite.ts";

testBackupStore("memory store", () => new MemoryStore());
