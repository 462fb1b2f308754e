import type { ApiResource } from "../../cluster/cluster.ts";
import { ArkError } from "../../lib/errors.ts";
import type { CopyTools } from "./volume-copies.ts";

/** @throws ArkError NotFound when the server does not serve it */
export function resourceNamed(
  groupResource: string,
  { findResource }: Pick<CopyTools, "findResource">,
): ApiResource {
  const resource = findResource(groupResource);
  if (resource === undefined) throw new ArkError("NotFound", `the server has no ${groupResource}`);
  return resource;
}
