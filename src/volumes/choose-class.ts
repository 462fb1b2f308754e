import { didYouMean } from "../lib/suggest.ts";
import type { SnapshotClass } from "./snapshot-classes.ts";

export type ClassWish = {
  /** Of the claim's volume; undefined where it cannot be read. */
  readonly driver: string | undefined;
  /** A class that is asked for by name, and where: "--snapshot-class", "annotation velero.io/…". */
  readonly named?: { readonly name: string; readonly by: string } | undefined;
  /** Of the classes, for the reason; default VolumeSnapshotClass. */
  readonly kind?: "VolumeSnapshotClass" | "VolumeGroupSnapshotClass";
};

export type ClassChoice =
  /** undefined: the snapshot controller takes the default one of the driver. */
  | { readonly kind: "chosen"; readonly className: string | undefined }
  | { readonly kind: "none"; readonly reason: string };

/**
 * The class for a claim: the one that is asked for, else the one with Velero's label, the driver's default, or its only one.
 * @param classes sorted by name; undefined when they cannot be read
 */
export function chooseClass(
  classes: readonly SnapshotClass[] | undefined,
  { driver, named, kind = "VolumeSnapshotClass" }: ClassWish,
): ClassChoice {
  if (classes === undefined) return { kind: "chosen", className: named?.name };
  if (named !== undefined) return checkNamed(classes, named, { driver, kind });
  if (driver === undefined) return { kind: "chosen", className: undefined };
  const fitting = classes.filter((candidate) => candidate.driver === driver);
  return chooseForDriver(fitting, { driver, kind });
}

function checkNamed(
  classes: readonly SnapshotClass[],
  { name, by }: { readonly name: string; readonly by: string },
  { driver, kind }: Pick<ClassWish, "driver" | "kind">,
): ClassChoice {
  const found = classes.find((candidate) => candidate.name === name);
  if (found === undefined) {
    const names = classes.map((candidate) => candidate.name);
    return none(`there is no ${kind} "${name}" (${by})${didYouMean(name, names)}`);
  }
  if (driver !== undefined && found.driver !== driver) {
    return none(`class ${name} (${by}) is for driver ${found.driver}, the volume is of ${driver}`);
  }
  return chosen(found);
}

function chooseForDriver(
  classes: readonly SnapshotClass[],
  { driver, kind }: { readonly driver: string; readonly kind: ClassWish["kind"] },
): ClassChoice {
  const [first, second] = classes;
  if (first === undefined) return none(`there is no ${kind} for driver ${driver}`);
  const byVelero = classes.find(({ isVeleroChoice }) => isVeleroChoice);
  if (byVelero !== undefined) return chosen(byVelero);
  const defaults = classes.filter(({ isDefault }) => isDefault);
  if (defaults.length === 1 && defaults[0] !== undefined) return chosen(defaults[0]);
  if (second === undefined) return chosen(first);
  const problem = defaults.length === 0 ? "none is the default" : "more than one is the default";
  const names = (defaults.length === 0 ? classes : defaults).map(({ name }) => name);
  const flag = kind === "VolumeSnapshotClass" ? "; choose with --snapshot-class" : "";
  return none(`driver ${driver} has several ${kind}es and ${problem}: ${names.join(", ")}${flag}`);
}

function chosen({ name }: SnapshotClass): ClassChoice {
  return { kind: "chosen", className: name };
}

function none(reason: string): ClassChoice {
  return { kind: "none", reason };
}
