import { DUMP_LIMITS, dumpScript } from "./dump-script.ts";
import { DEFINE_FIRST } from "./first-of-environment.ts";
import { checkText, optionalParameter, pathParameter } from "./parameter.ts";
import type { Recipe } from "./recipe.ts";

const user = optionalParameter(
  { name: "user", meaning: "role to connect as", example: "postgres" },
  "$PGUSER, $POSTGRES_USER or postgres",
);

const database = optionalParameter(
  { name: "database", meaning: "database to connect to", example: "postgres" },
  "postgres",
  // psql would read settings from it, a password among them.
  (name) =>
    checkText(name) ?? (/=|:\//.test(name) ? "is a connection string, not a name" : undefined),
);

/** Sets PGUSER and, where the container has one, PGPASSWORD. `$1` is the user parameter. */
const connect = [
  DEFINE_FIRST,
  "user=${1:-$(first PGUSER POSTGRES_USER)}",
  "password=$(first PGPASSWORD POSTGRES_PASSWORD POSTGRESQL_PASSWORD)",
  'export PGUSER="${user:-postgres}"',
  'if [ -n "$password" ]; then export PGPASSWORD="$password"; fi',
];

const shared = {
  privileged: false,
  container: "The server's own container, so that its socket and environment are there.",
  credentials:
    "The server's socket, and $PGPASSWORD, $POSTGRES_PASSWORD or $POSTGRESQL_PASSWORD (or the file that …_FILE names) of the container.",
} as const;

const checkpointScript = [
  "set -eu",
  ...connect,
  'exec psql --no-psqlrc --no-password --quiet --set=ON_ERROR_STOP=1 --dbname="$2" --command=CHECKPOINT',
].join("\n");

export const postgresql: Recipe = {
  ...shared,
  name: "postgresql",
  title: "PostgreSQL, all on one volume",
  alsoKnownAs: ["postgres", "pg", "psql", "pgsql", "timescaledb"],
  programs: ["sh", "psql"],
  parameters: [user, database],
  hooks: {
    pre: {
      does: "CHECKPOINT",
      command: (values) => [
        "sh",
        "-c",
        checkpointScript,
        "kubectl-ark",
        values["user"] ?? "",
        values["database"] || "postgres",
      ],
      timeout: "5m",
      onError: "Fail",
    },
  },
  guarantees: [
    "All changes that were committed before the hook are in the data files, so a server that starts from the volume has little to recover.",
    "A copy of the volume made at one instant (a snapshot) holds every transaction that was acknowledged before it: PostgreSQL recovers from it by its WAL.",
  ],
  limits: [
    "It holds nothing back: the server goes on writing during the capture. A copy that is made file by file, and not at one instant, is not consistent: use fsfreeze or postgresql-dump then.",
    "Everything must be on that one volume: the WAL and tablespaces as well.",
    "Transactions are lost that were committed with synchronous_commit=off just before; fsync=off makes the volume useless.",
    "The role must be a superuser or a member of pg_checkpoint (15 and later).",
  ],
  exampleTarget: "sts/postgres -c postgres",
};

const dumpScriptText = dumpScript(
  [...connect, "shift", 'dump() { pg_dumpall --no-password --database="$1"; }'],
  "postgresql-dump.sql",
);

export const postgresqlDump: Recipe = {
  ...shared,
  name: "postgresql-dump",
  title: "PostgreSQL, a logical dump",
  alsoKnownAs: ["postgres-dump", "pg_dump", "pg_dumpall", "pgdump"],
  programs: ["sh", "pg_dumpall"],
  parameters: [
    pathParameter(
      "directory on the volume for the dump; it must exist",
      "/var/lib/postgresql/data",
    ),
    user,
    database,
  ],
  hooks: {
    pre: {
      does: "pg_dumpall into PATH",
      command: (values) => [
        "sh",
        "-c",
        dumpScriptText,
        "kubectl-ark",
        values["path"] ?? "",
        values["user"] ?? "",
        values["database"] || "postgres",
      ],
      timeout: "30m",
      onError: "Fail",
    },
  },
  guarantees: [
    "PATH/postgresql-dump.sql is a whole dump of all databases and roles, never a torn one: it gets its name when it is complete and on the disk.",
    "It holds every transaction that was acknowledged before the hook; each database is as it was at one instant.",
    "`psql -f postgresql-dump.sql postgres` restores it, also into a newer version of PostgreSQL.",
  ],
  limits: [
    "Two databases of one server are dumped one after the other, not at the same instant.",
    ...DUMP_LIMITS,
    "It holds the password hashes of all roles, and is readable only by the user that ran the hook. The role must be a superuser.",
  ],
  exampleTarget: "sts/postgres -c postgres",
};
