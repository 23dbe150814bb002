import pc from "picocolors";

const isTerminal = process.stdout.isTTY === true && process.stderr.isTTY === true;

/** Colours on a terminal that a person looks at; plain text in CI and in a pipe. */
export const colors = pc.createColors(isTerminal && process.env.CI === undefined && process.env.NO_COLOR === undefined);
