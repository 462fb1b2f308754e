import manifest from "../../package.json" with { type: "json" };

/** As in package.json; the bundle carries it inside. */
export const toolVersion: string = manifest.version;
