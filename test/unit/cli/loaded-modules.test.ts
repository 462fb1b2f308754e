import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { suite, test } from "node:test";
import { promisify } from "node:util";
import { pod } from "../../support/builders.ts";
import { fakeServer } from "../../support/fake-connection.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const root = resolve(import.meta.dirname, "../../..");
const home = temporaryDirectory();
const server = await fakeServer();
const annotations = { "pre.hook.backup.ark.heptio.com/command": "sync" };
server.put(pod("shop/web", { annotations }));
writeFileSync(join(home, "kubeconfig"), server.kubeconfig({ namespace: "shop" }));

type Loaded = {
  readonly packages: ReadonlySet<string>;
  /** Relative to src. */
  readonly sources: readonly string[];
};

/** Runs the program in a process of its own and says which files it loaded. */
async function filesOf(...words: readonly string[]): Promise<Loaded> {
  const list = join(home, `${words.join("-")}.loaded`);
  const preload = join(root, "test/support/record-modules.ts");
  const env = { HOME: home, KUBECONFIG: join(home, "kubeconfig"), ARK_LOADED_MODULES: list };
  const program = ["--import", preload, join(root, "src/main.ts"), ...words];
  await promisify(execFile)(process.execPath, program, { env });
  const urls = readFileSync(list, "utf8").split("\n");
  const after = (folder: string): string[] =>
    urls.filter((url) => url.includes(folder)).map((url) => url.split(folder).at(-1) ?? "");
  return {
    packages: new Set(after("/node_modules/").map((path) => path.split("/")[0] ?? "")),
    sources: after(`${root}/src/`),
  };
}

const help = await filesOf("--help");

/** What a command needs beyond the parsing of its words. */
function packagesBeyondHelp({ packages }: Loaded): string[] {
  return [...packages].filter((name) => !help.packages.has(name)).toSorted();
}

function assertNone({ sources }: Loaded, needless: RegExp): void {
  assert.deepEqual(
    sources.filter((path) => needless.test(path)),
    [],
  );
}

/** All that a command works with, once its words are parsed. */
const work =
  /^(?:api|archive|cluster|hooks|journal|store|volumes)\/|^cli\/(?:compose|print\/table)/;

suite("a command loads what it needs and no more", () => {
  test("without words: nothing is parsed", async () => {
    const loaded = await filesOf();
    assert.deepEqual([...loaded.packages], []);
    assertNone(loaded, work);
  });

  test("help: the parser and the declarations of commands", () => {
    assert.ok(help.packages.has("yargs"));
    for (const name of ["js-yaml", "shlex", "socks-proxy-agent", "ws", "zod"]) {
      assert.ok(!help.packages.has(name), name);
    }
    assertNone(help, work);
  });

  test("version: no YAML where none is asked for", async () => {
    assert.deepEqual(packagesBeyondHelp(await filesOf("version")), []);
    assert.deepEqual(packagesBeyondHelp(await filesOf("version", "-o", "yaml")), ["js-yaml"]);
  });

  test("hooks get: a connection, no store, no schema, no exec", async () => {
    const loaded = await filesOf("hooks", "get");
    assert.deepEqual(packagesBeyondHelp(loaded), [
      "cli-table3",
      "is-fullwidth-code-point",
      "js-yaml",
      "shlex",
    ]);
    assertNone(loaded, /^(?:archive|store\/directory|volumes)\/|exec-session|tunnel|schema/);
  });

  test("backup get: a store, no connection", async () => {
    const loaded = await filesOf("backup", "get");
    assert.deepEqual(packagesBeyondHelp(loaded), [
      "cli-table3",
      "is-fullwidth-code-point",
      "js-yaml",
      "zod",
    ]);
    assertNone(loaded, /^cluster\/kubernetes\//);
  });
});
