import { resolve } from "node:path";

/** Set where the program is compiled into one file (run.cjs), which lies elsewhere. */
declare const PROJECT_ROOT: string | undefined;

/** The project's folder, below which the program's data lies: rules, templates, the chart's contract. */
export const projectRoot = typeof PROJECT_ROOT === "string" ? PROJECT_ROOT : resolve(__dirname, "..");
