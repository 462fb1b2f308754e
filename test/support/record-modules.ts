import { writeFileSync } from "node:fs";
import { registerHooks } from "node:module";

/**
 * To be loaded before a program (`node --import`): writes the addresses of the files that it loads, a line each, to the
 * file that ARK_LOADED_MODULES names.
 */
const urls: string[] = [];
registerHooks({
  load(url, context, nextLoad) {
    urls.push(url);
    return nextLoad(url, context);
  },
});
process.once("exit", () => {
  writeFileSync(process.env["ARK_LOADED_MODULES"] ?? "", urls.join("\n"));
});
