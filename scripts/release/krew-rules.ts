/** A part of a manifest as it was parsed from YAML. */
type Fields = Readonly<Record<string, unknown>>;

const operatingSystems = ["linux", "darwin", "windows"];
const architectures = ["amd64", "arm64", "arm", "386", "ppc64le", "s390x"];
const semanticVersion = /^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
const licenseName = /^(\.\/)?(licen[cs]e|copying|\*)/i;

/**
 * What krew-index asks of a manifest: krew's `validate-krew-manifest`, its naming guide and the developer guide's rules.
 * @param manifest parsed YAML
 * @returns what is against a rule, in words
 */
export function krewViolations(manifest: unknown): string[] {
  const { apiVersion, kind, metadata, spec } = fields(manifest);
  const { platforms } = fields(spec);
  const list = Array.isArray(platforms) ? platforms.map(fields) : [];
  const covered = list.map(({ selector }) => coveredBy(selector));
  const all = covered.flat();
  return [
    ...rule(apiVersion === "krew.googlecontainertools.github.com/v1alpha2", "apiVersion is wrong"),
    ...rule(kind === "Plugin", "kind is not Plugin"),
    ...nameViolations(text(fields(metadata)["name"])),
    ...textViolations(fields(spec)),
    ...rule(list.length > 0, "there are no platforms"),
    ...rule(
      covered.every((one) => one.length > 0),
      "a platform's selector matches nothing",
    ),
    ...rule(new Set(all).size === all.length, "selectors of platforms overlap"),
    ...list.flatMap((platform) => platformViolations(platform, text(fields(spec)["version"]))),
  ];
}

function nameViolations(name: string): string[] {
  return [
    ...rule(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name), "the name is not lower-case words with dashes"),
    ...rule(!name.startsWith("kube"), "the name has the prefix kube"),
  ];
}

function textViolations(spec: Fields): string[] {
  const short = text(spec["shortDescription"]);
  const description = text(spec["description"]);
  return [
    ...rule(semanticVersion.test(text(spec["version"])), "version is not v and a semantic version"),
    ...rule(isHttps(text(spec["homepage"])), "homepage is not an https address"),
    ...rule(
      /^[^\r\n]{1,50}$/.test(short),
      "shortDescription is not one line of up to 50 characters",
    ),
    ...rule(!short.endsWith("."), "shortDescription ends with a full stop"),
    ...rule(!/kubectl|kubernetes/i.test(short), "shortDescription says what goes without saying"),
    ...rule(
      description.trim().length > short.length,
      "description says no more than the short one",
    ),
    ...rule(!/(^|\s)--?[a-z]/m.test(description), "description explains flags"),
    ...rule(!/krew install/.test(text(spec["caveats"])), "caveats say how to install it"),
  ];
}

function platformViolations(platform: Fields, version: string): string[] {
  const uri = text(platform["uri"]);
  const bin = text(platform["bin"]);
  const isWindows = coveredBy(platform["selector"]).some((name) => name.startsWith("windows"));
  const { files } = platform;
  const sources = Array.isArray(files) ? files.map((file) => text(fields(file)["from"])) : ["*"];
  const isThere = (path: string): boolean => sources.includes("*") || sources.includes(path);
  return [
    ...rule(
      isHttps(uri) && /\.(tar\.gz|zip)$/.test(uri),
      "uri is no https address of .tar.gz or .zip",
    ),
    ...rule(uri.includes(`/${version}/`), "uri is not one of this version"),
    ...rule(/^[0-9a-f]{64}$/.test(text(platform["sha256"])), "sha256 is no SHA-256"),
    ...rule(bin !== "" && isThere(bin), "bin is not among the files"),
    ...rule(bin.endsWith(".exe") === isWindows, "bin has .exe where it must not, or lacks it"),
    ...rule(
      sources.some((path) => licenseName.test(path)),
      "no licence is installed",
    ),
  ];
}

/** "linux/amd64" for each platform that a selector matches; a key other than os and arch matches none. */
function coveredBy(selector: unknown): string[] {
  const { matchLabels, matchExpressions } = fields(selector);
  const expressions = Array.isArray(matchExpressions) ? matchExpressions.map(fields) : [];
  const pairs = operatingSystems.flatMap((os) => architectures.map((arch) => ({ os, arch })));
  const labels = Object.entries(fields(matchLabels));
  const matching = pairs.filter((pair: Readonly<Record<string, string>>) => {
    const isLabelled = labels.every(([key, value]) => pair[key] === value);
    return isLabelled && expressions.every((expression) => isMatch(expression, pair));
  });
  return matching.map(({ os, arch }) => `${os}/${arch}`);
}

function isMatch(expression: Fields, pair: Readonly<Record<string, string>>): boolean {
  const { key, operator, values } = expression;
  const value = pair[text(key)];
  const isListed = Array.isArray(values) && values.includes(value);
  return value !== undefined && (operator === "In" ? isListed : operator === "NotIn" && !isListed);
}

function isHttps(address: string): boolean {
  return /^https:\/\/[^\s"'<>\\]+$/.test(address) && URL.canParse(address);
}

function rule(isKept: boolean, violation: string): string[] {
  return isKept ? [] : [violation];
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
