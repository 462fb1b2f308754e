import { testFreezeJournal } from "../../support/journal-suite.ts";
import { MemoryJournal } from "../../support/memory-journal.ts";

testFreezeJournal("memory", () => new MemoryJournal());
