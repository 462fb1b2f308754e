import * as fc from "fast-check";
import type { ObjectKey } from "../../src/archive/layout.ts";

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);

/** Any code points, lone surrogates among them, weighted towards those that break things. */
const unit = fc.oneof(
  fc.constantFrom(..."a.-/\\\0\n\u001b\u007f\u2028\u202eé日".split("")),
  fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
);

/** Text of up to `maxLength` code points, hostile on purpose. */
export function anyText(maxLength: number, minLength = 0): fc.Arbitrary<string> {
  return fc.array(unit, { minLength, maxLength }).map((units) => units.join(""));
}

/** Names as Kubernetes has them, and as RBAC allows them: any Unicode that can be a file's name. */
const objectName = fc.oneof(
  label,
  fc.stringMatching(/^system:[a-z]{1,9}:[a-z0-9%.@-]{1,80}$/),
  anyText(60, 1).filter(
    (name) => !/[/\\\0]/.test(name) && name !== "." && name !== ".." && name.isWellFormed(),
  ),
);

/** Objects that can be stored; without `namespace` when cluster-scoped. */
export const objectKeys: fc.Arbitrary<ObjectKey> = fc.oneof(
  fc.record({
    groupResource: fc.array(label, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(".")),
    name: objectName,
  }),
  fc.record({ groupResource: label, namespace: label, name: objectName }),
);
