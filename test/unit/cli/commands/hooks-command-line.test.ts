import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { runProgram } from "../../../../src/cli/program.ts";
import { pod } from "../../../support/builders.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { startFakeApiServer, type FakeApiServer } from "../../../support/fake-api-server/server.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

suite("hooks on the command line", () => {
  const directory = temporaryDirectory();
  const kubeconfig = join(directory, "kubeconfig");
  let server: FakeApiServer;

  before(async () => {
    server = await startFakeApiServer();
    server.put(pod("shop/db", { containers: ["main", "car"] }));
    await writeFile(kubeconfig, server.kubeconfig({ namespace: "shop" }));
  });
  after(async () => await server.close());

  async function ark(...words: readonly string[]) {
    const context = capturedContext({ env: { KUBECONFIG: kubeconfig }, home: directory });
    const code = await runProgram(["hooks", ...words], context);
    return { code, output: context.output(), errors: context.errors() };
  }

  test("set, get and unset, over TLS", async () => {
    const set = await ark(
      "set",
      "pod/db",
      "-c",
      "car",
      "--pre",
      "freeze /d",
      "--phase=post",
      "--",
      "sh",
      "-c",
      "-x",
    );
    assert.deepEqual(set, { code: 0, output: "pod/db hooks set\n", errors: "" });
    const { output } = await ark("get", "--no-headers");
    assert.deepEqual(
      output
        .trimEnd()
        .split("\n")
        .map((line) => line.split(/ {3,}/).slice(1, 4)),
      [
        ["pre", "car", "freeze /d"],
        ["post", "car", "sh -c -x"],
      ],
    );
    assert.equal((await ark("unset", "po", "db")).output, "pod/db hooks unset\n");
    assert.equal((await ark("get")).errors, "No hooks found in shop namespace.\n");
  });

  test("words after -- stay as they are written, numbers too", async () => {
    const words = ["sleep", "007", "0x10", "1e3", "--pre", "-5"];
    const { code } = await ark("set", "pod/db", "-c", "car", "--phase", "pre", "--", ...words);
    assert.equal(code, 0);
    const { output } = await ark("get", "-o", "json");
    const { items }: { items: { command: string[] }[] } = JSON.parse(output);
    assert.deepEqual(items[0]?.command, words);
    await ark("unset", "pod/db");
  });

  test("a bare --dry-run is the client's", async () => {
    const asked = server.requests.length;
    const { output } = await ark("set", "pod/db", "-c", "car", "--post", "x", "--dry-run");
    assert.equal(output, "pod/db hooks set (dry run)\n");
    const methods = server.requests.slice(asked).map(({ method }) => method);
    assert.deepEqual([...new Set(methods)], ["GET"]);
  });

  test("a dry run of the server is asked of it", async () => {
    const { output } = await ark("set", "pod/db", "-c", "car", "--post", "x", "--dry-run=server");
    assert.equal(output, "pod/db hooks set (server dry run)\n");
    assert.equal((await ark("get")).output, "");
  });

  for (const [words, message] of [
    [
      ["set", "--dry-run", "pod/db", "--pre", "x"],
      /--dry-run is none, client or server, not "pod\/db"/,
    ],
    [["set", "pod/db", "--pre"], /Not enough arguments following: pre/],
    [["set", "pod/db", "--pre="], /--pre: the command is empty/],
    [["set", "pod/db", "--pre=a", "--pre=b"], /more than one command for the pre hook/],
    [["set", "pod/db", "--pre", "x", "--timeout", "30"], /Write 30s/],
    [["set", "pod/db", "--pre", "x", "--keys", "aws"], /Choices: "ark", "velero"/],
    [["set", "pod/db", "--", "x"], /Add --phase/],
    [["set", "pod/db", "--prre", "x"], /unknown flag: --prre; did you mean --pre\?/],
    [["get", "pod/db", "-A"], /across all namespaces/],
    [[], /Say what to do with hooks: set, get/],
  ] as const) {
    test(`"hooks ${words.join(" ")}" is refused with exit code 2`, async () => {
      const { code, output, errors } = await ark(...words);
      assert.deepEqual([code, output], [2, ""]);
      assert.match(errors, message);
    });
  }

  test("what is wrong with the flags is said before a cluster is asked", async () => {
    const context = capturedContext({ env: { KUBECONFIG: join(directory, "missing") } });
    const code = await runProgram(["hooks", "set", "pod/db", "--pre", "a | b"], context);
    assert.equal(code, 2);
    assert.match(context.errors(), /"\|" outside quotes/);
  });

  for (const command of ["set", "get", "unset", "check", "migrate"]) {
    test(`hooks ${command} --help has examples`, async () => {
      const { code, output } = await ark(command, "--help");
      assert.equal(code, 0);
      assert.match(output, new RegExp(`Examples:\\n.*kubectl ark hooks ${command} `, "s"));
    });
  }
});
