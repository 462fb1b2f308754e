import { join } from "node:path";
import { createDirectoryJournal } from "../../../../src/journal/directory/directory-journal.ts";
import { testFreezeJournal } from "../../../support/journal-suite.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

testFreezeJournal("directory", () =>
  createDirectoryJournal(join(temporaryDirectory(), "state/kubectl-ark/journal")),
);
