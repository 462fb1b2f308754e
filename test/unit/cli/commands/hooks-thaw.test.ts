import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, suite, test } from "node:test";
import { createDirectoryJournal } from "../../../../src/journal/directory/directory-journal.ts";
import type { Freeze } from "../../../../src/journal/freeze-journal.ts";
import { arkSession } from "../../../support/ark-session.ts";
import { pod } from "../../../support/builders.ts";
import { simulatedContainer } from "../../../support/fake-api-server/container-runtime.ts";
import { aFreeze, runFacts } from "../../../support/journal-builders.ts";

const frozen = new Set<string>();
const ark = await arkSession({ containerRuntime: simulatedContainer(frozen) });
const directory = join(ark.home, ".local/state/kubectl-ark/journal");
const journal = createDirectoryJournal(directory);
const nothing = `Nothing is left frozen by kubectl-ark on ${ark.server.url}.\n`;

beforeEach(() => {
  rmSync(directory, { recursive: true, force: true });
  frozen.clear();
  for (const name of ["db-0", "db-1"]) {
    const parts = { containers: ["fsfreeze"] };
    ark.server.put(pod(`shop/${name}`, parts, { metadata: { uid: `uid-${name}` } }));
  }
});

type Left = Partial<Freeze> & { readonly server?: string; readonly owner?: "gone" | "alive" };

/** Freezes a pod, and notes it as a run does that then dies, or that goes on. */
async function leaveFrozen({ server = ark.server.url, owner = "gone", ...changes }: Left = {}) {
  const freeze = aFreeze({ podUid: `uid-${changes.pod ?? "db-0"}`, ...changes });
  frozen.add(`${freeze.namespace}/${freeze.pod} /data`);
  const before = new Set(readdirOf());
  const run = await journal.open(runFacts({ backup: "dead", server }));
  const id = await run.freezing(freeze);
  await run.close();
  const path = join(directory, readdirOf().find((name) => !before.has(name)) ?? "");
  const text = readFileSync(path, "utf8");
  // Nothing that this process has written is of a process that is gone.
  if (owner === "gone") writeFileSync(path, text.replace(/"pid":\d+/, '"pid":999999999'));
  return id;
}

function readdirOf(): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

const thaw = (...words: readonly string[]) => ark.run("hooks", "thaw", ...words);

suite("hooks thaw", () => {
  test("says that nothing is left frozen, with names and --all too, and makes no journal", async () => {
    for (const words of [[], ["--all"], ["shop/db-0"]]) {
      assert.deepEqual(await thaw(...words), { code: 0, stdout: "", stderr: nothing });
    }
    assert.deepEqual(readdirOf(), []);
    assert.deepEqual(JSON.parse((await thaw("-o", "json")).stdout), {
      items: [],
      otherClusters: [],
      problems: [],
    });
  });

  test("lists pod, time, backup, commands and owner, says how to thaw, and runs nothing", async () => {
    const id = await leaveFrozen();
    await leaveFrozen({ pod: "db-1", owner: "alive", frozenAt: new Date() });
    const { code, stdout, stderr } = await thaw();
    assert.deepEqual(
      [code, stderr],
      [0, "To run their post hooks: kubectl ark hooks thaw --all\n"],
    );
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {3,}/));
    assert.deepEqual(rows[0], ["ID", "POD", "FROZEN SINCE", "BACKUP", "COMMANDS", "OWNER"]);
    const [, since] = /^(\S+) \(\d+d\)$/.exec(rows[1]?.[2] ?? "") ?? [];
    assert.equal(since, "2026-01-02T03:04:06Z");
    const command = "fsfreeze --unfreeze /data";
    assert.deepEqual(rows[1]?.toSpliced(2, 1), [id, "shop/db-0", "dead", command, "gone"]);
    assert.deepEqual([rows[2]?.[1], rows[2]?.[5]], ["shop/db-1", "alive"]);
    assert.equal(frozen.size, 2);
    const { items } = JSON.parse((await thaw("-o", "json")).stdout);
    assert.deepEqual(items[0].owner.state, "gone");
    assert.equal(items[0].postHooks[0].timeout, "30s");
  });

  test("--all runs the post hooks and closes the entries; then nothing is left", async () => {
    await leaveFrozen();
    await leaveFrozen({ pod: "db-1" });
    const { code, stdout, stderr } = await thaw("--all");
    assert.deepEqual([code, stderr], [0, ""]);
    const lines = stdout.trimEnd().split("\n").toSorted();
    assert.deepEqual(lines, ["pod shop/db-0 thawed", "pod shop/db-1 thawed"]);
    assert.equal(frozen.size, 0);
    assert.equal((await thaw()).stderr, nothing);
  });

  test("a name thaws that pod only; -o json says what ran", async () => {
    await leaveFrozen();
    await leaveFrozen({ pod: "db-1" });
    const { stdout } = await thaw("db-0", "-o", "json");
    const [item] = JSON.parse(stdout).items;
    assert.deepEqual([item.pod, item.result, item.hooks[0].exitCode], ["db-0", "thawed", 0]);
    assert.deepEqual([...frozen], ["shop/db-1 /data"]);
  });

  test("a post hook that fails is an error with its reason and the way out, and --forget is that", async () => {
    await leaveFrozen();
    frozen.clear();
    const { code, stdout, stderr } = await thaw("--all");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^error: shop\/db-0 may still be frozen: .*exit code 1: fsfreeze: \/data: unfreeze failed/,
    );
    assert.match(stderr, /hint: .*kubectl ark hooks thaw --forget shop\/db-0\n$/);
    const forgotten = await thaw("--forget", "shop/db-0");
    assert.deepEqual(forgotten.stdout, "pod shop/db-0 forgotten: nothing was run in the pod\n");
    assert.equal((await thaw()).stderr, nothing);
  });

  test("a pod that was replaced is closed with a note, and nothing is run in the new one", async () => {
    await leaveFrozen({ podUid: "uid-of-before" });
    const { code, stdout } = await thaw("--all");
    assert.equal(code, 0);
    assert.match(stdout, /^pod shop\/db-0 closed: the pod was replaced, and nothing was run/);
    assert.equal(frozen.size, 1);
    assert.equal((await thaw()).stderr, nothing);
  });

  test("what a running backup holds is skipped with a note; --force asks, and takes it when named", async () => {
    await leaveFrozen({ owner: "alive" });
    const skipped = await thaw("--all");
    assert.deepEqual([skipped.code, skipped.stdout], [0, ""]);
    assert.match(skipped.stderr, /^skipped shop\/db-0: backup dead is still running/);
    assert.equal((await thaw("shop/db-0")).code, 1);
    const unasked = await thaw("shop/db-0", "--force");
    assert.match(unasked.stderr, /no terminal to ask on/);
    const refused = await ark.runWith({ typed: "n\n" }, "hooks", "thaw", "shop/db-0", "--force");
    assert.deepEqual([refused.code, frozen.size], [1, 1]);
    const forced = await thaw("shop/db-0", "--force", "--yes");
    assert.deepEqual([forced.code, forced.stdout], [0, "pod shop/db-0 thawed\n"]);
    assert.equal(frozen.size, 0);
  });

  test("entries of other clusters are mentioned and not touched", async () => {
    await leaveFrozen({ server: "https://other.example" });
    const line = "1 entry of https://other.example: use --context prod\n";
    assert.deepEqual(await thaw("--all"), { code: 0, stdout: "", stderr: nothing + line });
    assert.equal(frozen.size, 1);
  });

  test("a part of the journal that cannot be read is warned about, and is not taken for nothing", async () => {
    await leaveFrozen();
    const [name = ""] = readdirOf();
    writeFileSync(join(directory, name), "garbage\n", { flag: "a" });
    const { code, stderr } = await thaw("--all");
    assert.equal(code, 1);
    assert.match(stderr, /^warning: \/.*\.jsonl: line 3 cannot be read\nhint: What cannot be read/);
    assert.equal(frozen.size, 0);
    assert.match(
      (await thaw()).stderr,
      /Nothing is left .*, as far as the journal can be read\.\n$/,
    );
    chmodSync(join(directory, name), 0o622);
    assert.match((await thaw()).stderr, /others may write to it/);
  });

  test("control characters of a hostile entry do not reach the terminal", async () => {
    await leaveFrozen({ pod: "db-0\u001b[2J", namespace: "shop" });
    const { stdout } = await thaw();
    assert.ok(stdout.includes("\\u{1b}[2J") && !stdout.includes("\u001b"));
  });

  for (const [words, message] of [
    [["shop/db-9"], /no open entry for shop\/db-9; did you mean shop\/db-0/],
    [["--force"], /--force needs the names/],
    [["--forget"], /say which entries to forget/],
    [["--all", "shop/db-0"], /cannot be used together/],
  ] as const) {
    test(`${words.join(" ")} is refused`, async () => {
      await leaveFrozen();
      const { code, stderr } = await thaw(...words);
      assert.ok(code === 1 || code === 2);
      assert.match(stderr, message);
      assert.equal(frozen.size, 1);
    });
  }
});

suite("backup and the journal", () => {
  test("warns about what is left frozen before it does anything, on stderr and in the report", async () => {
    await leaveFrozen();
    const { stdout, stderr } = await ark.run("backup", "warned", "-n", "shop");
    const warning = "warning: 1 pod may still be frozen since 2026-01-02T03:04:06.789Z: shop/db-0";
    assert.ok(stderr.includes(`\n${warning}. See: kubectl ark hooks thaw`), stderr);
    assert.ok(stdout.includes(`${warning}\n`), stdout);
    assert.equal(frozen.size, 1);
  });

  test("XDG_STATE_HOME says where the journal is, unless it is relative", async () => {
    const elsewhere = { env: { XDG_STATE_HOME: join(ark.home, "state") } };
    await leaveFrozen();
    assert.equal((await ark.runWith(elsewhere, "hooks", "thaw")).stderr, nothing);
    const relative = { env: { XDG_STATE_HOME: "state" } };
    assert.match((await ark.runWith(relative, "hooks", "thaw")).stdout, /shop\/db-0/);
  });
});
