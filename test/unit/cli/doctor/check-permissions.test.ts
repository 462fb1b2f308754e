import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkPermissions } from "../../../../src/cli/doctor/check-permissions.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { aRequest } from "../../../support/backup-builders.ts";
import { namespace, pod } from "../../../support/builders.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";
import { MemoryJournal } from "../../../support/memory-journal.ts";

const never = new AbortController().signal;
const annotations = { "pre.hook.backup.ark.heptio.com/command": "sync" };

/** @param lacking "list secrets" */
function check({
  lacking = [],
  hooked = false,
  name = "shop",
}: {
  readonly lacking?: readonly string[];
  readonly hooked?: boolean;
  readonly name?: string;
}) {
  const web = hooked ? pod("shop/web", { annotations }) : pod("shop/web");
  const cluster = new MemoryCluster({ objects: [namespace("shop"), web] });
  for (const right of lacking) {
    const [verb = "", resource = ""] = right.split(" ");
    assert.ok(verb === "list" || verb === "create" || verb === "get");
    cluster.fail({ verb, resource, error: new ArkError("Forbidden", `cannot ${right}`) });
  }
  const clock = new FakeClock();
  const ports = { cluster, journal: new MemoryJournal(), clock, observe: () => {} };
  return checkPermissions(aRequest({ includedNamespaces: [name] }), ports, never);
}

suite("permissions", () => {
  test("who may do everything is well", async () => {
    const { status, message } = await check({ hooked: true });
    assert.equal(status, "ok");
    assert.match(message, /^all \d+ rights that a backup of namespace shop uses$/);
  });

  test("a kind that may not be listed is a warning that names it and a role", async () => {
    const { status, message, hint } = await check({ lacking: ["list secrets"] });
    assert.equal(status, "warn");
    assert.match(message, /list secrets.*left out/);
    assert.match(hint ?? "", /kubectl ark rbac -n shop$/);
  });

  test("without a look at pods there is no backup", async () => {
    const { status, message } = await check({ lacking: ["list pods"] });
    assert.equal(status, "fail");
    assert.match(message, /in namespace shop: list pods/);
  });

  test("no exec is a failure where a pod has hooks, in the backup's own words, and a warning elsewhere", async () => {
    const lacking = ["create pods/exec"];
    const refused = await check({ lacking, hooked: true });
    assert.equal(refused.status, "fail");
    assert.match(refused.message, /permissions are missing for hooks/);
    assert.match(refused.hint ?? "", /--hooks=false/);
    const warned = await check({ lacking });
    assert.equal(warned.status, "warn");
    assert.match(warned.message, /create pods\/exec/);
  });

  test("a namespace that is not there ends it", async () => {
    await assert.rejects(check({ name: "shoop" }), { code: "InvalidDocument" });
  });
});
