import { resolve } from "node:path";

/** Defined if the program is compiled into one file (run.cjs), which is in another folder. */
declare const PROJECT_ROOT: string | undefined;

/** The project's folder. It contains the program's data: rules, templates, the chart's contract. */
export const projectRoot = typeof PROJECT_ROOT === "string" ? PROJECT_ROOT : resolve(__dirname, "..");
