import { DUMP_LIMITS, dumpScript } from "./dump-script.ts";
import { DEFINE_FIRST } from "./first-of-environment.ts";
import { optionalParameter, pathParameter } from "./parameter.ts";
import type { Recipe } from "./recipe.ts";

type Flavour = {
  readonly name: "mysql" | "mariadb";
  readonly title: string;
  readonly alsoKnownAs: readonly string[];
  /** The dump program and what it was called before or elsewhere. */
  readonly programs: readonly [string, string];
  readonly client: string;
};

export const mariadb: Recipe = dumpRecipe({
  name: "mariadb",
  title: "MariaDB, a logical dump",
  alsoKnownAs: ["maria", "mariadb-dump"],
  programs: ["mariadb-dump", "mysqldump"],
  client: "mariadb",
});

export const mysql: Recipe = dumpRecipe({
  name: "mysql",
  title: "MySQL, a logical dump",
  alsoKnownAs: ["percona", "innodb", "mysqldump", "mysql-dump"],
  programs: ["mysqldump", "mariadb-dump"],
  client: "mysql",
});

function dumpRecipe({ name, title, alsoKnownAs, programs, client }: Flavour): Recipe {
  const script = dumpScript(setupOf(programs), `${name}-dump.sql`);
  return {
    name,
    title,
    alsoKnownAs,
    container: "The server's own container, so that its socket and environment are there.",
    programs: ["sh", programs.join(" or ")],
    privileged: false,
    credentials:
      "The server's socket, and $MYSQL_PWD, or for root $MARIADB_ROOT_PASSWORD or $MYSQL_ROOT_PASSWORD (or the file that …_FILE names) of the container.",
    parameters: [
      pathParameter("directory on the volume for the dump; it must exist", "/var/lib/mysql"),
      optionalParameter({ name: "user", meaning: "user to connect as", example: "root" }, "root"),
    ],
    hooks: {
      pre: {
        does: `${programs[0]} into PATH`,
        command: ({ path = "", user = "" }) => [
          "sh",
          "-c",
          script,
          "kubectl-ark",
          path,
          user || "root",
        ],
        timeout: "30m",
        onError: "Fail",
      },
    },
    guarantees: [
      `PATH/${name}-dump.sql is a whole dump of all databases, with routines, events and triggers, never a torn one: it gets its name when it is complete and on the disk.`,
      "InnoDB tables are all as they were at one instant (--single-transaction), with every transaction that was acknowledged before the hook. Writers are not held back.",
      `\`${client} <${name}-dump.sql\` restores it; a restart, or FLUSH PRIVILEGES, then lets the users in.`,
    ],
    limits: [
      "Tables without transactions (MyISAM, Aria, MEMORY) are not consistent with the others, nor in themselves while they are written to.",
      "ALTER, DROP, RENAME or TRUNCATE TABLE during the dump makes it fail.",
      ...DUMP_LIMITS,
      "It holds the password hashes of all users, and is readable only by the user that ran the hook. The user must be allowed to read everything.",
      "A directory of its own in the server's data directory would be taken for a database: give the data directory itself, or one outside.",
      "For the volume itself, without a dump, use fsfreeze: InnoDB recovers from a copy made at one instant.",
    ],
    exampleTarget: `sts/${name} -c ${name}`,
  };
}

function setupOf(programs: readonly [string, string]): string[] {
  return [
    "program=$(command -v " + programs[0] + " || command -v " + programs[1] + ")",
    DEFINE_FIRST,
    "password=$(first MYSQL_PWD)",
    'if [ "$1" = root ] && [ -z "$password" ]; then',
    "  password=$(first MARIADB_ROOT_PASSWORD MYSQL_ROOT_PASSWORD)",
    "fi",
    'if [ -n "$password" ]; then export MYSQL_PWD="$password"; fi',
    'dump() { "$program" --user="$1" --all-databases --single-transaction --routines --events --triggers --hex-blob; }',
  ];
}
