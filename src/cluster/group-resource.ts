/** The text form of a kind that Ark uses everywhere: "pods", "deployments.apps". */
export function groupResourceOf(resource: {
  readonly group: string;
  readonly resource: string;
}): string {
  return resource.group === "" ? resource.resource : `${resource.resource}.${resource.group}`;
}

/** apiVersion as objects carry it: "v1", "apps/v1". */
export function apiVersionOf(resource: {
  readonly group: string;
  readonly version: string;
}): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}
