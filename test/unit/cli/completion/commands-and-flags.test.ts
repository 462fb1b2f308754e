import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { completionSession } from "../../../support/completion-session.ts";

const { complete, run, server } = await completionSession();
const noFiles = 4;

suite("completion of commands", () => {
  const cases: [words: string[], expected: RegExp][] = [
    [[""], /^backup,.*hooks,.*version$/],
    [[], /^backup,/],
    [["ho"], /^hooks$/],
    [["hooks", ""], /^set,get,unset,run,thaw,check,migrate,recipes$/],
    [["hooks", "s"], /^set$/],
    [["backup", "d"], /^describe,download,delete$/],
    [["-v", "ho"], /^hooks$/],
    [["backup", "-n", "shop", "de"], /^describe,delete$/],
    [["get", ""], /^backups$/],
    [["nonsense", ""], /^$/],
    [["hooks", "nonsense", ""], /^$/],
    [["version", ""], /^$/],
    [["backup", "nightly", "d"], /^$/],
    [["hooks", "set", "pod/a", "--", ""], /^$/],
    [["hooks", "set", "pod/a", "--", "--"], /^$/],
    [["", "", ""], /^$/],
    [["completion", ""], /^install$/],
  ];
  for (const [words, expected] of cases) {
    test(`after "${words.join(" ")}"`, async () => {
      const { words: found, directive } = await complete(...words);
      assert.match(found.join(","), expected);
      assert.equal(directive, noFiles);
    });
  }

  test("they come with their descriptions, the hidden request itself is not among them", async () => {
    const { words, descriptions } = await complete("");
    assert.equal(descriptions.get("version"), "Print the version");
    assert.ok(!words.some((word) => word.startsWith("_")));
    assert.doesNotMatch((await run("--help")).stdout, /__complete/);
  });

  test("__completeNoDesc gives them without", async () => {
    const { stdout } = await run("__completeNoDesc", "ver");
    assert.equal(stdout, "version\n:4\n");
  });

  test("no server is asked for them", () => {
    assert.deepEqual([...server.requests], []);
  });
});

suite("completion of flags", () => {
  test("only those of the command", async () => {
    const { words, descriptions } = await complete("hooks", "recipes", "--");
    assert.deepEqual(words, ["--help", "--no-headers", "--output", "--verbose"]);
    assert.equal(descriptions.get("--no-headers"), "Leave the table's header out");
  });

  test("those of create where create is not spelt out", async () => {
    const [short, long] = [
      await complete("backup", "--"),
      await complete("backup", "create", "--"),
    ];
    assert.ok(short.words.includes("--include-namespaces"));
    assert.deepEqual(short.words, long.words);
  });

  test("single letters too where no more than one dash is typed", async () => {
    const { words } = await complete("hooks", "recipes", "-");
    assert.deepEqual(words.filter((word) => /^-\w/.test(word)).toSorted(), ["-h", "-o", "-v"]);
  });

  test("not what is given already, by any of its names, unless it may be repeated", async () => {
    const given = ["-n", "a", "--yes", "--pre=x", "--timeout", "5s", "-v"];
    const { words } = await complete("hooks", "set", "pod/a", ...given, "--");
    for (const gone of ["--namespace", "--yes", "--timeout"])
      assert.ok(!words.includes(gone), gone);
    for (const stays of ["--pre", "--verbose", "--as-group"])
      assert.ok(words.includes(stays), stays);
  });

  test("lists may be repeated", async () => {
    const { words } = await complete("backup", "--include-resources", "pods", "--include-r");
    assert.deepEqual(words, ["--include-resources"]);
  });

  const values: [words: string[], expected: string][] = [
    [["backup", "--guard", ""], "auto,require,off"],
    [["backup", "--guard=r"], "require"],
    [["backup", "--guard", "auto", "-o", ""], "json,yaml,name"],
    [["backup", "-o=y"], "yaml"],
    [["backup", "--hooks="], "true,false"],
    [["hooks", "set", "--on-error", "f"], ""],
    [["hooks", "set", "--on-error", "F"], "Fail"],
    [["hooks", "set", "--dry-run="], "none,client,server"],
    // As in kubectl its value stands behind an equals sign only.
    [["hooks", "set", "--dry-run", "po"], "pod/"],
    [["hooks", "migrate", "--to", ""], "ark,velero.io"],
    [["backup", "--ttl", ""], ""],
    [["backup", "--nonsense", ""], ""],
    [["backup", "--nonsense="], ""],
    [["-v="], ""],
  ];
  for (const [words, expected] of values) {
    test(`the value in "${words.join(" ")}"`, async () => {
      assert.equal((await complete(...words)).words.join(","), expected);
    });
  }

  test("files of a document by their endings, directories, and any files", async () => {
    const document = await complete("backup", "-f", "ba");
    assert.deepEqual([document.words, document.directive], [["yaml", "yml", "json"], 8]);
    assert.equal((await complete("backup", "--store", "")).directive, 16);
    assert.equal((await complete("backup", "--kubeconfig=")).directive, 0);
    // The same flag name: a form of output for one command, a file for the other.
    assert.equal((await complete("backup", "download", "x", "-o", "")).directive, 0);
  });
});
