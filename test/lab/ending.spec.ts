import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Ending } from "../../lab/ending";
import { startCensus } from "../../lab/process-census";
import { commandLineOf, descendantsOf, endFamily } from "../../lab/process-family";
import { until } from "../support/until";

describe("the end of a lab run", () => {
  it("aborts the current operation, then stops every part once, beginning with the last", async () => {
    const stopped: string[] = [];
    const ending = new Ending(() => undefined);
    for (const name of ["first", "second"]) {
      ending.add(name, () => {
        assert.ok(ending.signal.aborted);
        stopped.push(name);
        return Promise.resolve();
      });
    }
    await Promise.all([ending.end(), ending.end()]);
    assert.deepEqual(stopped, ["second", "first"]);
  });

  it("reports a part that cannot be stopped, and stops the rest", async () => {
    const said: string[] = [];
    let stopped = false;
    const ending = new Ending((line) => said.push(line));
    ending.add("good", () => Promise.resolve(void (stopped = true)));
    ending.add("bad", () => Promise.reject(new Error("it is stuck")));
    await ending.end();
    assert.ok(stopped);
    assert.deepEqual(said, ["bad could not be stopped: it is stuck"]);
  });
});

describe("the processes of a lab run", function () {
  before(function () {
    if (process.platform !== "linux") {
      this.skip();
    }
  });

  it("are all found, with their arguments and their children, and end together", async () => {
    const script = "sleep 61 & wait # canary-in-arguments";
    const child = spawn("/bin/sh", ["-c", script], { stdio: "ignore" });
    const exited = once(child, "exit");
    const pid = child.pid ?? 0;
    // For a moment, the shell's child still has the shell's arguments.
    await until("the shell's child runs its own program", () => {
      const [, grandchild] = descendantsOf(pid);
      return grandchild !== undefined && commandLineOf(grandchild) === "sleep 61";
    });
    assert.equal(descendantsOf(pid).length, 2);
    assert.ok(descendantsOf(process.pid).includes(pid));

    const census = startCensus(pid);
    census.stop();
    assert.ok([...census.commandLines].some((line) => line.includes("canary-in-arguments")));

    endFamily(pid);
    await exited;
    assert.equal(commandLineOf(pid), "");
  });
});
