/**
 * What flags and positional words are completed with. Commands and flags themselves, and values that their declarations
 * enumerate, are not here: they are read from the declarations.
 */
export type ValueSource =
  | "cluster"
  | "container"
  | "context"
  | "directory"
  | "file"
  | "frozen-pod"
  | "namespace"
  | "recipe"
  | "recipe-parameter"
  | "resource"
  | "cluster-scoped-resource"
  | "namespaced-resource"
  | "snapshot-class"
  | "stored-backup"
  /** A claim whose data the backup holds that the line names. */
  | "stored-volume"
  | "target"
  | "user"
  | "yaml-file"
  /** Only the user knows. */
  | "free"
  | readonly string[];

const onError = ["Fail", "Continue"];

/** By the name of the flag, or the command and the flag where a command means something else by it. */
export const FLAG_VALUES: Readonly<Record<string, ValueSource>> = {
  as: "free",
  "as-group": "free",
  "as-uid": "free",
  "as-user-extra": "free",
  "certificate-authority": "file",
  "client-certificate": "file",
  "client-key": "file",
  cluster: "cluster",
  "completion install --dir": "directory",
  container: "container",
  context: "context",
  "doctor --pod": "free",
  "dry-run": ["none", "client", "server"],
  "exclude-cluster-scoped-resources": "cluster-scoped-resource",
  "exclude-namespace-scoped-resources": "namespaced-resource",
  "exclude-namespaces": "namespace",
  "exclude-resources": "resource",
  filename: "yaml-file",
  "for-group": "free",
  "for-user": "free",
  "include-cluster-scoped-resources": "cluster-scoped-resource",
  "include-namespace-scoped-resources": "namespaced-resource",
  "include-namespaces": "namespace",
  "include-resources": "resource",
  html: "file",
  kubeconfig: "file",
  "helper-image": "free",
  labels: "free",
  "max-freeze": "free",
  namespace: "namespace",
  "on-error": onError,
  "or-selector": "free",
  order: "free",
  "ordered-resources": "free",
  "backup download --output": "file",
  parallelism: "free",
  password: "free",
  post: "free",
  "post-container": "container",
  "post-on-error": onError,
  "post-timeout": "free",
  pre: "free",
  "pre-container": "container",
  "pre-on-error": onError,
  "pre-timeout": "free",
  recipe: "recipe",
  "recipe-set": "recipe-parameter",
  "request-timeout": "free",
  "role-name": "free",
  selector: "free",
  server: "free",
  serviceaccount: "free",
  "snapshot-class": "snapshot-class",
  "snapshot-timeout": "free",
  store: "directory",
  timeout: "free",
  "tls-server-name": "free",
  token: "free",
  ttl: "free",
  user: "user",
  username: "free",
  "backup download --volume-data": "stored-volume",
};

/** By the command and the name of the word in its declaration, or the name alone. */
export const POSITIONAL_VALUES: Readonly<Record<string, ValueSource>> = {
  "backup create name": "free",
  "backup delete name": "stored-backup",
  "backup describe name": "stored-backup",
  "backup download name": "stored-backup",
  "backup get name": "stored-backup",
  "backup logs name": "stored-backup",
  "get backups name": "stored-backup",
  "hooks recipes name": "recipe",
  pod: "frozen-pod",
  target: "target",
};

/** Undefined for a flag that nobody has thought of here: it is completed with nothing. */
export function sourceOfFlag(command: string, flag: string): ValueSource | undefined {
  return FLAG_VALUES[`${command} --${flag}`] ?? FLAG_VALUES[flag];
}

export function sourceOfPositional(command: string, name: string): ValueSource | undefined {
  return POSITIONAL_VALUES[`${command} ${name}`] ?? POSITIONAL_VALUES[name];
}
