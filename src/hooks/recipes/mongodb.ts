import { DEFINE_FIRST } from "./first-of-environment.ts";
import { checkPort, optionalParameter } from "./parameter.ts";
import type { Recipe, RecipeHook } from "./recipe.ts";

export const mongodb: Recipe = {
  name: "mongodb",
  title: "MongoDB, a mongod with WiredTiger",
  alsoKnownAs: ["mongo", "mongod", "mongosh", "percona-mongodb"],
  container: "The server's own container, so that its environment is there.",
  programs: ["sh", "mongosh or mongo"],
  privileged: false,
  credentials:
    "$MONGO_INITDB_ROOT_USERNAME and $MONGO_INITDB_ROOT_PASSWORD, or $MONGODB_ROOT_USER and $MONGODB_ROOT_PASSWORD (or the file that …_FILE names) of the container. The shell reads them from its environment.",
  parameters: [
    optionalParameter(
      { name: "port", meaning: "port of the server on localhost", example: "27017" },
      "27017",
      checkPort,
    ),
  ],
  hooks: {
    pre: lockHook("fsyncLock", "1m"),
    post: lockHook("fsyncUnlock", "1m"),
  },
  guarantees: [
    "All writes that were acknowledged before the lock are in the data files on the disk, and further writes wait until the post hook: the volumes, also several of them, are captured as of one moment.",
    "The lock does not depend on the session that took it: it holds until fsyncUnlock, or until the server is restarted.",
  ],
  limits: [
    "Writers wait while it is locked. The manual warns that reads may block as well, also those that a login needs: then the post hook cannot log in either. Rehearse it under load; if it hangs, restarting the server ends the lock.",
    "It is for one mongod; lock a secondary rather than the primary. It does not make a sharded cluster consistent, and mongos does not know it before 7.1.",
    "Where data and journal are on one volume that is captured at one instant, MongoDB recovers without any lock: fsfreeze, or no hook at all, is then enough.",
    "A server that speaks TLS only is not reached.",
    "It is not tried against a real server by the tests of this project.",
  ],
  exampleTarget: "sts/mongodb -c mongodb",
};

function lockHook(operation: "fsyncLock" | "fsyncUnlock", timeout: string): RecipeHook {
  const script = [
    "set -eu",
    DEFINE_FIRST,
    "user=$(first MONGO_INITDB_ROOT_USERNAME MONGODB_ROOT_USER)",
    "password=$(first MONGO_INITDB_ROOT_PASSWORD MONGODB_ROOT_PASSWORD)",
    'export ARK_USER="${user:-root}" ARK_PASSWORD="$password"',
    "shell=$(command -v mongosh || command -v mongo)",
    `exec "$shell" --quiet --host 127.0.0.1 --port "$1" --eval '${javascript(operation)}' admin`,
  ].join("\n");
  return {
    does: operation,
    command: ({ port = "" }) => ["sh", "-c", script, "kubectl-ark", port || "27017"],
    timeout,
    onError: "Fail",
  };
}

/** For mongosh and for the old shell, which reports a refusal instead of throwing it. It must have no single quote. */
function javascript(operation: string): string {
  return [
    'var env = function (name) { return typeof process === "object" ? process.env[name] : typeof _getEnv === "function" ? _getEnv(name) : ""; };',
    "var mustBeOk = function (answer) { if (answer !== 1 && answer.ok !== 1) { print(JSON.stringify(answer)); quit(1); } };",
    'if (env("ARK_PASSWORD")) mustBeOk(db.auth(env("ARK_USER"), env("ARK_PASSWORD")));',
    `mustBeOk(db.${operation}());`,
  ].join(" ");
}
