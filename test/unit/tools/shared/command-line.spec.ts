import assert from "node:assert/strict";
import { type Command, readArguments, usage, WrongCommandLine } from "../../../../tools/shared/command-line";

const command = {
  call: "npm run tool --",
  options: {
    stack: { type: "string", short: "s", value: "<stack>", help: "the stack;\ndefault: the selected stack" },
    name: { type: "string", multiple: true, value: "<name>", help: "a name" },
    json: { type: "boolean", help: "print JSON" },
  },
  notes: "Exit code: 0.",
} as const satisfies Command;

describe("a command line", () => {
  it("returns lists and booleans even if the options are absent", () => {
    const { values, help } = readArguments(command, []);
    assert.deepEqual({ ...values }, { stack: undefined, name: [], json: false });
    assert.equal(help, false);
  });

  it("accepts an option by its letter, and repeated options where the command allows it", () => {
    const { values } = readArguments(command, ["-s", "dev", "--name", "a", "--name=b", "--json"]);
    assert.deepEqual({ ...values }, { stack: "dev", name: ["a", "b"], json: true });
  });

  for (const [args, message] of [
    [["--stak", "dev"], "Unknown option '--stak'. Did you mean --stack?"],
    [["--everything"], "Unknown option '--everything'."],
    [["dev"], "Unexpected argument 'dev'."],
    [["--stack", "", "--name= "], "--stack is empty.\n--name is empty."],
  ] as const) {
    it(`rejects ${JSON.stringify(args)} with a sentence`, () =>
      assert.throws(() => readArguments(command, args), new WrongCommandLine(message)));
  }

  it("is explained with one line per option", () => {
    assert.equal(
      usage(command),
      [
        "npm run tool -- [options]",
        "",
        "  --stack <stack>  the stack;",
        "                   default: the selected stack",
        "  --name <name>    a name",
        "  --json           print JSON",
        "",
        "Exit code: 0.",
      ].join("\n"),
    );
  });
});
