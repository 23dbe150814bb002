import * as assert from "node:assert/strict";
import { labStack, leftoversSince, snapshot } from "../../lab/steps";
import { say, withLab } from "../support/lab/with-lab";

describe("on the lab, a stack that was destroyed", function () {
  const lab = withLab();

  it("can be deployed again despite what its destruction left, and be destroyed again", async () => {
    const before = await snapshot(lab());
    const stack = await labStack(lab(), "again");
    for (const round of ["first", "second"]) {
      await stack.up(say);
      await stack.destroy(say);
      assert.deepEqual((await leftoversSince(lab(), before)).leftovers, [], round);
    }
  });
});
