import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { chooseEntries } from "../../../src/journal/choose-entries.ts";
import { isSameServer } from "../../../src/journal/freeze-journal.ts";
import { anEntry } from "../../support/journal-builders.ts";

const gone = anEntry({ id: "a-1", pod: "db-0", podUid: "u0" });
const alive = anEntry({ id: "b-1", pod: "db-1", podUid: "u1", state: "alive" });
const unknown = anEntry({ id: "c-1", pod: "db-2", podUid: "u2", state: "unknown" });
const all = [gone, alive, unknown];
const choose = (words: readonly string[], isForced = false, entries = all) =>
  chooseEntries(entries, { words, namespace: "shop", isForced });

suite("the entries to thaw", () => {
  test("all means those of runs that are gone; the others are skipped with a reason", () => {
    const { chosen, skipped } = choose([]);
    assert.deepEqual(chosen, [gone]);
    assert.match(skipped[0]?.reason ?? "", /nightly is still running \(process 7\)/);
    assert.match(skipped[1]?.reason ?? "", /taken on laptop, and whether it still runs/);
  });

  test("a word is NAMESPACE/POD, a POD of the namespace or an id, and names an entry once", () => {
    for (const word of ["shop/db-0", "db-0", "a-1"])
      assert.deepEqual(choose([word]).chosen, [gone]);
    assert.deepEqual(choose(["db-0", "a-1", "shop/db-0"]).chosen, [gone]);
  });

  test("force takes what is named, whoever holds it", () => {
    assert.deepEqual(choose(["db-1", "db-2"], true).chosen, [alive, unknown]);
  });

  test("a pod that a running backup has quiesced again is its own to thaw", () => {
    const again = anEntry({ id: "d-1", podUid: "u0", backup: "second", state: "alive" });
    const { chosen, skipped } = choose(["a-1"], false, [gone, again]);
    assert.deepEqual(chosen, []);
    assert.match(skipped[0]?.reason ?? "", /second is running and has quiesced the same pod/);
  });

  test("a word that nothing answers to is refused, with the nearest", () => {
    assert.throws(() => choose(["shop/db-O"]), {
      code: "NotFound",
      message: /shop\/db-O; did you mean shop\/db-0/,
    });
    assert.throws(() => choose(["other/db-0"]), { code: "NotFound" });
    assert.throws(() => choose(["x".repeat(100_000)]), { code: "NotFound" });
  });
});

test("a server is the same with a default port, another case of its host or a slash at the end", () => {
  assert.ok(isSameServer("https://A.example:443/", "https://a.example"));
  assert.ok(isSameServer("not a url", "not a url"));
  assert.ok(!isSameServer("https://a.example:6443", "https://a.example"));
  assert.ok(!isSameServer("https://a.example/k8s/one", "https://a.example/k8s/two"));
});
