import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { suite, test } from "node:test";
import vm from "node:vm";
import { findRecipe } from "../../../../src/hooks/recipes/recipes.ts";
import { RecipeContainer } from "../../../support/recipe-container.ts";

const shells = [["dash"], ["busybox", "sh"], ["bash", "--posix"]].filter(
  ([program = ""]) => spawnSync(program, ["-c", ":"]).error === undefined,
);

type RedisAnswers = {
  readonly answers: readonly string[];
  readonly questions: number;
  readonly time: number;
  readonly saved: number;
  readonly status: string;
};

/** A redis-cli that answers BGSAVE in turn, then is saving until it was asked so often, then is done as told. */
function redisCli({
  answers = ["Background saving started"],
  questions = 1,
  time = 100,
  saved = 101,
  status = "ok",
}: Partial<RedisAnswers>) {
  return `
next() { n=$(cat "$STATE/$1" 2>/dev/null || echo 0); n=$((n+1)); echo $n >"$STATE/$1"; }
case "$*" in
  "-p 6379 TIME") printf '${time}\\n123456\\n' ;;
  "-p 6379 BGSAVE") next asked; case $n in ${answers.map((answer, i) => `${i + 1}) echo "${answer}" ;;`).join(" ")} esac ;;
  "-p 6379 INFO persistence") next looked
    printf 'loading:0\\r\\nrdb_bgsave_in_progress:%s\\r\\n' $((n < ${questions}))
    printf 'rdb_last_save_time:${saved}\\r\\nrdb_last_bgsave_status:${status}\\r\\naof_enabled:0\\r\\n' ;;
  *) echo "what: $*"; exit 1 ;;
esac`;
}

for (const shell of shells) {
  suite(`scripts that ask a server, in ${shell.join(" ")}`, { concurrency: true }, () => {
    test("redis waits for the save that it started, also after another's", async () => {
      const container = new RecipeContainer(shell);
      const busy = "ERR Background save already in progress";
      await container.install(
        "redis-cli",
        redisCli({ answers: [busy, "Background saving started"], questions: 2 }),
      );
      const { exitCode, stdout, stderr } = await container.run("redis");
      assert.deepEqual([exitCode, stdout, stderr], [0, "saved at 101\n", ""]);
    });

    for (const [what, answers, message] of [
      ["a save that failed", { status: "err" }, /background save failed/],
      ["a save that was given up", { saved: 99 }, /background save failed/],
      ["a refusal", { answers: ["NOAUTH Authentication required."] }, /BGSAVE: NOAUTH/],
    ] as const) {
      test(`redis: ${what} is an error`, async () => {
        const container = new RecipeContainer(shell);
        await container.install("redis-cli", redisCli(answers));
        const { exitCode, stderr } = await container.run("redis");
        assert.equal(exitCode, 1);
        assert.match(stderr, message);
      });
    }

    test("redis: no answer at all is an error", async () => {
      const container = new RecipeContainer(shell);
      await container.install("redis-cli", "echo 'Could not connect' >&2; exit 1");
      const { exitCode, stderr } = await container.run("redis");
      assert.equal(exitCode, 1);
      assert.match(stderr, /Could not connect/);
    });

    test("redis finds the password in the container, and no word of a command has it", async () => {
      const container = new RecipeContainer(shell);
      const script = 'echo "$*" >&2; [ "$REDISCLI_AUTH" = "a b" ] || echo wrong >&2';
      await container.install("redis-cli", `${script}\n${redisCli({})}`);
      const { stderr } = await container.run("redis", { env: { REDIS_PASSWORD: "a b" } });
      assert.doesNotMatch(stderr, /wrong|a b/);
      assert.match(stderr, /BGSAVE/);
    });

    test("psql is asked for a checkpoint, as the user that is given or that the container names", async () => {
      const container = new RecipeContainer(shell);
      await container.install("psql", 'echo "$PGUSER ${PGPASSWORD:-none}|$*"');
      const env = { POSTGRES_USER: "boss", PGPASSWORD: "p" };
      const words = "--no-psqlrc --no-password --quiet --set=ON_ERROR_STOP=1";
      const own = await container.run("postgresql", { env });
      assert.equal(own.stdout, `boss p|${words} --dbname=postgres --command=CHECKPOINT\n`);
      const values = { user: "a $b", database: "my db" };
      const given = await container.run("postgresql", { env, values });
      assert.equal(given.stdout, `a $b p|${words} --dbname=my db --command=CHECKPOINT\n`);
      const none = await container.run("postgresql");
      assert.match(none.stdout, /^postgres none\|/);
    });

    test("mongodb takes the shell that is there, and tells it to lock and to unlock", async () => {
      const container = new RecipeContainer(shell);
      await container.install("mongo", 'echo "$ARK_USER:$ARK_PASSWORD $*"');
      const env = { MONGO_INITDB_ROOT_USERNAME: "root", MONGO_INITDB_ROOT_PASSWORD: "p w" };
      const pre = await container.run("mongodb", { env });
      assert.match(
        pre.stdout,
        /^root:p w --quiet --host 127\.0\.0\.1 --port 27017 --eval .*fsyncLock\(\)\); admin\n$/,
      );
      assert.ok(!pre.stdout.slice("root:p w".length).includes("p w"));
      const post = await container.run("mongodb", { env, phase: "post" });
      assert.match(post.stdout, /fsyncUnlock\(\)/);
    });
  });
}

function evaluate(db: object, globals: object): { printed: string[]; quit: number | undefined } {
  const script = findRecipe("mongodb").hooks.pre.command({})[2] ?? "";
  const javascript = /--eval '([^']*)'/.exec(script)?.[1] ?? "";
  const printed: string[] = [];
  const result: { printed: string[]; quit: number | undefined } = { printed, quit: undefined };
  const quit = (code: number): never => {
    result.quit = code;
    throw new Error("quit");
  };
  const print = (text: string): void => void printed.push(text);
  try {
    vm.runInNewContext(javascript, { db, quit, print, ...globals });
  } catch (error) {
    if (result.quit === undefined) throw error;
  }
  return result;
}

suite("what the shell of MongoDB is told", () => {
  test("it locks without a login where the container has no password", () => {
    const locked: string[] = [];
    const db = { fsyncLock: () => (locked.push("lock"), { ok: 1 }) };
    assert.deepEqual(evaluate(db, { process: { env: {} } }), { printed: [], quit: undefined });
    assert.deepEqual(locked, ["lock"]);
  });

  test("it logs in first, in mongosh and in the old shell, and a refusal ends it with 1", () => {
    const env: Record<string, string> = { ARK_USER: "u", ARK_PASSWORD: "p" };
    for (const globals of [{ process: { env } }, { _getEnv: (name: string) => env[name] }]) {
      const calls: unknown[] = [];
      const auth = (...words: string[]): number => calls.push(words) && 1;
      const db = { auth, fsyncLock: () => (calls.push("lock"), { ok: 0, errmsg: "not allowed" }) };
      const { printed, quit } = evaluate(db, globals);
      assert.deepEqual(calls, [["u", "p"], "lock"]);
      assert.equal(quit, 1);
      assert.match(printed.join(""), /not allowed/);
    }
  });

  test("a login that is refused locks nothing", () => {
    const db = { auth: () => 0, fsyncLock: () => assert.fail("locked") };
    assert.equal(evaluate(db, { process: { env: { ARK_PASSWORD: "p" } } }).quit, 1);
  });
});
