"use strict";

/**
 * What yargs and cli-table3 lay out help and tables by, for the package string-width, which builds Unicode tables when it
 * is loaded: a fifth of a short command's time. CommonJS, because cli-table3 asks for the function itself.
 */
module.exports = require("../../src/cli/print/display-width.ts").displayWidth;
