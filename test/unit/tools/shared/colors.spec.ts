import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";

const project = path.resolve(__dirname, "../../../..");

describe("colors", () => {
  for (const variable of ["CI", "GITHUB_ACTIONS", "TERM", "NO_COLOR"]) {
    it(`are not written into a pipe even if ${variable} is set`, async () => {
      const script = 'console.log(require("./tools/shared/colors").colors.red("down"));';
      const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "--eval", script], {
        cwd: project,
        env: { ...process.env, FORCE_COLOR: undefined, [variable]: variable === "TERM" ? "xterm-256color" : "true" },
      });
      assert.equal(stdout, "down\n");
    });
  }
});
