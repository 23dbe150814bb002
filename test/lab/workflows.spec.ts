import * as assert from "node:assert/strict";
import * as path from "node:path";
import { withProgram } from "../support/lab/with-program";

const project = path.resolve(__dirname, "../..");

describe("the workflows, checked by actionlint", function () {
  const actionlint = withProgram("actionlint");

  async function lint(input?: string): Promise<{ stdout: string; exitCode?: number }> {
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    // ShellCheck and Pyflakes are disabled, because they are not on every machine.
    const args = ["-no-color", "-shellcheck=", "-pyflakes=", ...(input === undefined ? [] : ["-"])];
    return execa(actionlint(), args, { cwd: project, input: input ?? "", reject: false });
  }

  it("have no errors", async () => {
    const { stdout, exitCode } = await lint();
    assert.equal(stdout, "");
    assert.equal(exitCode, 0);
  });

  it("would be refused if they had an error", async () => {
    const broken =
      "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ steps.none.outputs.x }}\n";
    const { stdout, exitCode } = await lint(broken);
    assert.match(stdout, /property "none" is not defined/);
    assert.equal(exitCode, 1);
  });
});
