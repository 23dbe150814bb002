import { createColors } from "picocolors";

const { stdout, stderr, env } = process;
const isTerminal = stdout.isTTY === true && stderr.isTTY === true;

/**
 * Colors on a terminal; plain text in a pipe, in CI and with `NO_COLOR`. picocolors' own detection would write escape
 * codes whenever `CI` is set (https://github.com/alexeyraspopov/picocolors/blob/main/picocolors.js).
 */
export const colors = createColors(isTerminal && env.CI === undefined && !env.NO_COLOR && env.TERM !== "dumb");
