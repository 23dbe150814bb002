import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { copyOf } from "../../threats/copy";
import type { Door } from "../../threats/door";
import { type Proof, proveDoors } from "../../threats/proof";
import { doorsAskedFor } from "../../threats/prove";

const project = path.join(__dirname, "../../..");
const program = `export const front: boolean = true;
export const back: boolean = true;
export const twice = [1, 1];
`;
const spec = `import assert from "node:assert/strict";
import { back, front } from "../program";
it("the front door is shut (tried by hand)", () => assert.ok(front, "it is open\\nand how"));
it("the back door is there", () => assert.equal(typeof back, "boolean"));
it("the side door is shut", () => {
  if (!front) throw new TypeError("nobody is there");
});
it("the cellar is shut", () => assert.fail("the lock is broken"));
it("the gate is shut", function () {
  this.skip();
});
`;
const hooked = `import assert from "node:assert/strict";
before("look", () => assert.fail("it is dark"));
it("the attic is shut", () => assert.ok(true));
`;

/** A door of the toy, with the test whose title is given, opened by making `find` into `replace`. */
const door = (title: string, find: string, replace: string, test = "test/toy.spec.ts"): Door => ({
  door: title,
  who: "a burglar",
  reach: "the silver",
  stoppedBy: "a lock",
  remains: "nothing known",
  test: { spec: test, title },
  openedBy: { file: "program.ts", find, replace },
});

describe("the prover of doors", function () {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "toy-"));
  const toy = path.join(directory, "toy");
  const write = (file: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(toy, file)), { recursive: true });
    fs.writeFileSync(path.join(toy, file), text);
  };
  const proofs = new Map<string, Proof>();
  const afterwards = { copy: "", original: "", remains: true };

  before("prove the toy's doors", async () => {
    write("program.ts", program);
    write("test/toy.spec.ts", spec);
    write("test/hooked.spec.ts", hooked);
    write("package.json", "{}");
    write(".mocharc.json", '{ "import": ["tsx"] }');
    fs.symlinkSync(path.join(project, "node_modules"), path.join(toy, "node_modules"));
    const front = ["front: boolean = true", "front: boolean = false"] as const;
    const doors = [
      door("the front door is shut (tried by hand)", ...front),
      door("the back door is there", "back: boolean = true", "back: boolean = false"),
      { ...door("the side door is shut", ...front), door: "throws" },
      { ...door("the front door is shut (tried by hand)", "front: boolean = true", "front: = ;"), door: "no program" },
      door("the window is shut", "window = true", "window = false"),
      { ...door("the back door is there", "1", "2"), door: "twice" },
      {
        ...door("the back door is there", ...front),
        door: "no file",
        openedBy: { file: "no.ts", find: "", replace: "" },
      },
      door("the cellar is shut", ...front),
      door("the gate is shut", ...front),
      door("nobody tried it", ...front),
      door("the attic is shut", "back: boolean = true", "back: boolean = false", "test/hooked.spec.ts"),
      { ...door("x", "back: boolean = true", "back: boolean = false", "test/no.spec.ts"), door: "no spec" },
    ];
    const copy = await copyOf(toy);
    const told: Proof[] = [];
    const all = await proveDoors(doors, copy, {
      begins: () => undefined,
      proven: (proof) => told.push(proof),
      started: () => undefined,
      isOver: () => false,
    });
    assert.deepEqual(all, told);
    assert.equal(all.length, doors.length);
    for (const proof of all) proofs.set(proof.door.door, proof);
    afterwards.copy = fs.readFileSync(path.join(copy.root, "program.ts"), "utf8");
    afterwards.original = fs.readFileSync(path.join(toy, "program.ts"), "utf8");
    await copy.remove();
    afterwards.remains = fs.existsSync(copy.root);
  });

  after(() => fs.rmSync(directory, { recursive: true, force: true }));

  it("takes a door as proven whose test passes, and fails by an assertion once it is open", () => {
    const { fault, noticed } = proofs.get("the front door is shut (tried by hand)")!;
    assert.deepEqual({ fault, noticed }, { fault: undefined, noticed: "it is open" });
  });

  const faults: [door: string, fault: RegExp][] = [
    ["the back door is there", /^No test noticed: it passes with the door open, too\.$/],
    ["throws", /^With the door open, it fails, but by no assertion: nobody is there$/],
    ["no program", /^With the door open, the test did not run: .*ERROR: Unexpected "="$/],
    ["the window is shut", /^What is to be replaced stands in program\.ts 0 times, not once\.$/],
    ["twice", /^What is to be replaced stands in program\.ts 2 times, not once\.$/],
    ["no file", /^There is no no\.ts to open it in\.$/],
    ["the cellar is shut", /^As it stands, the test fails: the lock is broken$/],
    ["the gate is shut", /^As it stands, the test is skipped\.$/],
    ["nobody tried it", /^As it stands, no test has this title\.$/],
    ["the attic is shut", /^As it stands, the test did not run: "before all" hook: look.*: it is dark$/],
    ["no spec", /^As it stands, the test did not run: /],
  ];
  for (const [name, fault] of faults) {
    it(`says of a door what is wrong: ${name}`, () => assert.match(proofs.get(name)!.fault ?? "", fault));
  }

  it("leaves the project alone, closes each door again, and removes its copy", () => {
    assert.deepEqual(afterwards, { copy: program, original: program, remains: false });
  });

  it("leaves nothing behind when it is killed", async () => {
    const temporary = path.join(directory, "temporary");
    fs.mkdirSync(temporary);
    const script = `require(${JSON.stringify(path.join(__dirname, "../../threats/copy.ts"))}).copyOf(${JSON.stringify(toy)})
      .then(() => console.log("copied"), console.error);
      setInterval(() => undefined, 1000);`;
    const prover = spawn(process.execPath, ["--import", "tsx", "--eval", script], {
      cwd: project,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(prover.stdout, "data");
    const copies = () => fs.readdirSync(temporary).filter((name) => name.startsWith("alerting-doors-"));
    assert.equal(copies().length, 1);
    prover.kill("SIGKILL");
    while (copies().length > 0) await delay(20);
  });

  it("takes the doors that the command line names, and says what it does not understand", () => {
    assert.match(doorsAskedFor(["--fats"]) as string, /--fats/);
    assert.match(doorsAskedFor(["--only", "no such words anywhere"]) as string, /^No door is asked for: none has/);
    const fast = doorsAskedFor(["--fast", "--only", "test/lab/"]) as string;
    assert.match(fast, /^No door is asked for: none without the lab has these words\.$/);
  });
});
