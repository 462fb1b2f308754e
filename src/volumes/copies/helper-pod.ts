import type { KubernetesObject } from "../../cluster/cluster.ts";
import { helperSecurity, type HelperUser } from "./helper-security.ts";
import { type Fields, fieldsAt, listIn, textIn } from "../object-fields.ts";
import { ownedMetadata, type RunMark } from "../owned-labels.ts";
import type { HelperSettings } from "./volume-copies.ts";

export const HELPER_CONTAINER = "copy";
export const HELPER_DIRECTORY = "/data";

/** The kubelet ends a helper that nobody has removed after a day: no copy can take longer. */
const MAX_SECONDS = 24 * 3600;

export type HelperPodRequest = {
  readonly name: string;
  readonly namespace: string;
  /** Mounted read-only at HELPER_DIRECTORY; it need not exist yet. */
  readonly claim: string;
  readonly mark: RunMark;
  readonly helper: HelperSettings;
  /** A pod that mounts the source. */
  readonly source: KubernetesObject | undefined;
  readonly user: HelperUser;
};

/** A pod that waits to have `tar` run in it. It has no token, no network duties, and writes nowhere. */
export function helperPod(request: HelperPodRequest): KubernetesObject {
  const { name, namespace, claim, mark, helper, source, user } = request;
  const security = helperSecurity(source, user);
  const { labels, annotations } = ownedMetadata(mark);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace,
      // A mesh's sidecar would only stand in the way.
      labels: { ...labels, "sidecar.istio.io/inject": "false" },
      annotations: { ...annotations, "linkerd.io/inject": "disabled" },
    },
    spec: {
      restartPolicy: "Never",
      activeDeadlineSeconds: MAX_SECONDS,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...placement(source),
      securityContext: security.pod,
      containers: [
        {
          name: HELPER_CONTAINER,
          image: helper.image,
          ...(helper.pullPolicy !== undefined && { imagePullPolicy: helper.pullPolicy }),
          command: ["sh", "-c", `trap 'exit 0' TERM; sleep ${MAX_SECONDS} & wait`],
          securityContext: security.container,
          resources: {
            requests: { cpu: "10m", memory: "32Mi" },
            limits: { memory: "256Mi" },
          },
          volumeMounts: [{ name: "data", mountPath: HELPER_DIRECTORY, readOnly: true }],
        },
      ],
      // Read-only in the container only: a file system that was not clean when it was cut must replay its journal.
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
    },
  };
}

/** Where the source may run, the helper may; the same node is the surest to reach a local snapshot. */
function placement(source: KubernetesObject | undefined): Fields {
  if (source === undefined) return {};
  const spec = fieldsAt(source, "spec");
  const nodeName = textIn(spec, "nodeName");
  return {
    ...copied(spec, "tolerations"),
    ...copied(spec, "imagePullSecrets"),
    ...(Object.keys(fieldsAt(spec, "nodeSelector")).length > 0 && {
      nodeSelector: spec["nodeSelector"],
    }),
    ...(nodeName !== undefined && { affinity: { nodeAffinity: preferNode(nodeName) } }),
  };
}

function copied(spec: Fields, key: string): Fields {
  const list = listIn(spec, key);
  return list.length > 0 ? { [key]: list } : {};
}

function preferNode(name: string): Fields {
  const matchFields = [{ key: "metadata.name", operator: "In", values: [name] }];
  return {
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: { matchFields } }],
  };
}
