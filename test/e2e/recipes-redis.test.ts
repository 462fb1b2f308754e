import assert from "node:assert/strict";
import { before, suite, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { useNamespace } from "./support/cluster.ts";
import { backUpWhileWriting, setRecipe, startDatabase } from "./support/database-backup.ts";
import { writerScript, writesBeyond } from "./support/database-pods.ts";

const image = process.env["ARK_E2E_REDIS_IMAGE"] ?? "";
const skip = image === "" && "ARK_E2E_REDIS_IMAGE names no image with a Redis server";

suite("the recipe for Redis, on a real server that is written to", { skip }, async () => {
  const password = "pass word";
  const write = 'redis-cli set "key:$n" "$n"';
  const isOk = `[ "$(${write})" = OK ]`;
  const [namespace, ark] = await Promise.all([useNamespace("recipes-redis"), installArk()]);

  before(async () => {
    await startDatabase(namespace, {
      name: "redis",
      image,
      server: `printf 'requirepass "%s"\\n' "$REDIS_PASSWORD" >/tmp/redis.conf
        exec redis-server /tmp/redis.conf --dir /data --save '' --enable-protected-configs yes`,
      client: writerScript('[ "$(redis-cli ping)" = PONG ]', isOk),
      sockets: "/run/redis",
      serverEnv: { REDIS_PASSWORD: password },
      clientEnv: { REDISCLI_AUTH: password },
      claim: "redis",
    });
  });

  test("redis leaves a dump.rdb with every key that was acknowledged before", async () => {
    await setRecipe(ark, namespace, "redis", ["--recipe", "redis", "-c", "db"]);
    const facts = { pod: "redis", name: "saved", password };
    const { acknowledgedBefore } = await backUpWhileWriting(ark, namespace, facts);
    const load = `set -e
      mkdir /tmp/new && cp /data/dump.rdb /tmp/new/
      redis-server --dir /tmp/new --save '' --port 6400 >/dev/null &
      until [ "$(redis-cli -p 6400 ping 2>/dev/null)" = PONG ]; do sleep 0.1; done
      redis-cli -p 6400 exists "key:$1"
      redis-cli -p 6400 dbsize
      kill -9 $!`;
    const words = ["sh", "-c", load, "-", String(acknowledgedBefore)];
    const [exists, size] = (await namespace.exec("redis", "db", words)).split("\n").map(Number);
    assert.equal(exists, 1);
    assert.ok((size ?? 0) >= acknowledgedBefore, `${size} keys of ${acknowledgedBefore}`);
    await writesBeyond(namespace, "redis", acknowledgedBefore);
  });

  test("the hook fails when the server cannot save", async () => {
    const configure = 'REDISCLI_AUTH=$REDIS_PASSWORD redis-cli config set dir "$1"';
    const setDirectory = (directory: string): Promise<string> =>
      namespace.exec("redis", "db", ["sh", "-c", configure, "-", directory]);
    await setDirectory("/proc");
    const { exitCode } = await ark.run(["backup", "unsaved", "-n", namespace.name]);
    await setDirectory("/data");
    assert.equal(exitCode, 3);
    const [hook] = (await ark.record("unsaved")).hooks;
    assert.equal(hook?.status, "failed");
    assert.match(hook?.stderr.text ?? "", /the background save failed|BGSAVE/);
  });
});
