/**
 * What yargs lays out help by, for the package string-width, which builds Unicode tables when it is loaded: a fifth of a
 * short command's time.
 */
export { displayWidth as default } from "../../src/cli/print/display-width.ts";
