import { checkPath, checkText, optionalParameter, pathParameter } from "./parameter.ts";
import type { Recipe, RecipeValues } from "./recipe.ts";

const FILE = "etcd-snapshot.db";

export const etcd: Recipe = {
  name: "etcd",
  title: "etcd 3.4 and later, its own snapshot",
  alsoKnownAs: ["etcdctl", "etcd3"],
  container: "The server's own container: etcdctl is enough, a shell is not needed.",
  programs: ["etcdctl"],
  privileged: false,
  credentials:
    "Client certificates by the parameters, or all settings from the container's $ETCDCTL_ENDPOINTS, $ETCDCTL_CACERT, $ETCDCTL_CERT, $ETCDCTL_KEY, $ETCDCTL_USER and $ETCDCTL_PASSWORD. A setting that is in both makes etcdctl fail.",
  parameters: [
    pathParameter("directory on the volume for the snapshot", "/var/lib/etcd-backup"),
    optionalParameter(
      { name: "endpoint", meaning: "the one member to ask", example: "https://127.0.0.1:2379" },
      "$ETCDCTL_ENDPOINTS or 127.0.0.1:2379",
      checkEndpoint,
    ),
    ...["cacert", "cert", "key"].map((name) =>
      optionalParameter(
        {
          name,
          meaning: `file in the container, for --${name}`,
          example: `/etc/kubernetes/pki/etcd/${name}`,
        },
        `$ETCDCTL_${name.toUpperCase()} or none`,
        checkPath,
      ),
    ),
  ],
  hooks: {
    pre: {
      does: "etcdctl snapshot save into PATH",
      command: (values) => ["etcdctl", ...connection(values), "snapshot", "save", fileIn(values)],
      timeout: "10m",
      onError: "Fail",
    },
  },
  guarantees: [
    `PATH/${FILE} holds all keys as of one revision, at or after the last write that this member had acknowledged before the hook, with a hash that \`etcdutl snapshot restore\` checks.`,
    "It is never a torn one: etcdctl writes it beside its place, syncs it and renames it.",
  ],
  limits: [
    "It is the state of the member that is asked: ask a healthy one, since a member that lags behind knows no better.",
    "The cluster goes on while it is made; what is written after that is not in it.",
    "It needs free space for a second copy of the database on that volume, while it is made for a third. The directory must exist.",
    "It is in the backup as far as the data of that volume is. The volume of the members themselves is not made consistent by it.",
    "etcdctl before 3.4 needs ETCDCTL_API=3 in the container.",
    "It holds all Secrets of a Kubernetes cluster, if that is what etcd is for.",
  ],
  exampleTarget: "sts/etcd -c etcd",
};

function connection(values: RecipeValues): string[] {
  const flags = { endpoint: "--endpoints", cacert: "--cacert", cert: "--cert", key: "--key" };
  return Object.entries(flags).flatMap(([name, flag]) =>
    values[name] ? [`${flag}=${values[name]}`] : [],
  );
}

function fileIn({ path = "" }: RecipeValues): string {
  return `${path.replace(/\/+$/, "")}/${FILE}`;
}

function checkEndpoint(text: string): string | undefined {
  const problem = checkText(text);
  if (problem !== undefined) return problem;
  return /^(https?:\/\/|unixs?:\/\/)?[^\s,@]+$/.test(text)
    ? undefined
    : "is not one endpoint, such as https://127.0.0.1:2379";
}
