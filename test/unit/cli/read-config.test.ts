import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { arkSession } from "../../support/ark-session.ts";

const ark = await arkSession();
const file = join(ark.home, ".config", "kubectl-ark", "config.yaml");
mkdirSync(join(ark.home, ".config", "kubectl-ark"), { recursive: true });

function listIn(env: Readonly<Record<string, string>>, content: string, ...flags: string[]) {
  writeFileSync(file, content);
  return ark.runWith({ env }, "backup", "get", ...flags);
}

suite("the store", () => {
  test("is that of --store before that of ARK_STORE", async () => {
    const { stderr } = await listIn({ ARK_STORE: "/from/env" }, "", "--store", "/from/flag");
    assert.match(stderr, /file:\/\/\/from\/flag/);
  });

  test("is that of ARK_STORE before that of the configuration", async () => {
    const { stderr } = await listIn({ ARK_STORE: "/from/env" }, "store: /from/config");
    assert.match(stderr, /file:\/\/\/from\/env/);
  });

  test("is that of the configuration when nothing else says so", async () => {
    const { stderr } = await listIn({ ARK_STORE: "" }, "store: /from/config");
    assert.match(stderr, /file:\/\/\/from\/config/);
  });

  test("is under XDG_DATA_HOME, else under the home directory", async () => {
    const data = await listIn({ ARK_STORE: "", XDG_DATA_HOME: "/data" }, "");
    assert.match(data.stderr, /file:\/\/\/data\/kubectl-ark\./);
    const { stderr } = await listIn({ ARK_STORE: "" }, "");
    assert.ok(stderr.includes(`${ark.home}/.local/share/kubectl-ark`));
  });

  test("a configuration with a mistake is refused with its path and reason", async () => {
    const faults: [string, RegExp][] = [
      ["stroe: /x", /stroe/],
      ["store: 3", /store: /],
      ["store: ''", /store: is empty/],
      ["- a", /config\.yaml is not valid/],
      ["a: [", /is not valid YAML/],
      ["store: s3://x", /there are no s3: stores/],
    ];
    for (const [content, message] of faults) {
      const { code, stderr } = await listIn({ ARK_STORE: "" }, content);
      assert.match(stderr, message, content);
      assert.equal(code, 2, content);
    }
  });
});
