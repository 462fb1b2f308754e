import { asRecord, fieldAt, type HookTarget } from "../hook-target.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import type { Recipe, RecipeValues } from "./recipe.ts";

type Container = Readonly<Record<string, unknown>>;

/**
 * What stands in the way of a recipe in the container that it is to run in, as far as the pod's spec tells.
 * @param container "" for the first
 */
export function remarksOnRecipe(
  { recipe, values }: { readonly recipe: Recipe; readonly values: RecipeValues },
  container: string,
  target: HookTarget,
): string[] {
  const spec = fieldAt(parseRawObject(target.object), [...target.path.slice(0, -2), "spec"]);
  const containers = [...listAt(spec, "containers"), ...listAt(spec, "initContainers")];
  const found = containers.find(({ name }) => container === "" || name === container);
  if (found === undefined) return [];
  return [...privilegeRemark(recipe, found), ...pathRemark(values["path"], found)];
}

function privilegeRemark(recipe: Recipe, container: Container): string[] {
  const isPrivileged = fieldAt(container, ["securityContext", "privileged"]) === true;
  if (!recipe.privileged || isPrivileged) return [];
  return [
    `recipe ${recipe.name} needs a privileged container, and ${String(container["name"])} is none`,
  ];
}

function pathRemark(path: string | undefined, container: Container): string[] {
  if (path === undefined || path === "") return [];
  const mounts = listAt(container, "volumeMounts").map(({ mountPath }) => withSlash(mountPath));
  if (mounts.some((mount) => mount !== "/" && withSlash(path).startsWith(mount))) return [];
  return [`${path} is on no volume that container ${String(container["name"])} mounts`];
}

function withSlash(path: unknown): string {
  return `${typeof path === "string" ? path.replace(/\/+$/, "") : ""}/`;
}

function listAt(value: unknown, key: string): Container[] {
  const list = asRecord(value)[key];
  return Array.isArray(list) ? list.map(asRecord) : [];
}
