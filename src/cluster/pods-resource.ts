import type { ApiResource } from "./cluster.ts";

/** Pods, as every API server has them: for what needs no discovery. */
export const PODS: ApiResource = {
  group: "",
  version: "v1",
  resource: "pods",
  kind: "Pod",
  singular: "pod",
  shortNames: ["po"],
  categories: ["all"],
  namespaced: true,
  verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
};
