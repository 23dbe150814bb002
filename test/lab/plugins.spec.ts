import * as assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { choosePlugins } from "../../lab/stand-ins/plugins";

const NAMES = ["pulumi-language-nodejs", "pulumi-resource-aws", "pulumi-resource-random"];

describe("the choice between real plugins and stand-ins", () => {
  let directory: string;
  let pulumiHome: string;
  const pathBefore = process.env.PATH;

  const executable = (...parts: string[]): string => {
    const file = path.join(directory, ...parts);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "#!/bin/sh\n", { mode: 0o755 });
    return file;
  };
  const choose = async (o: { never?: boolean; pulumiPath?: string } = {}) => {
    const chosen = await choosePlugins({ directory, pulumiHome, never: false, ...o });
    const real = chosen.parts.filter(({ kind }) => kind === "real").map(({ name }) => name);
    return { ...chosen, real, launchers: readdirSync(chosen.pathDirectory).sort() };
  };

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "plugins-"));
    pulumiHome = path.join(directory, "home");
    process.env.PATH = path.join(directory, "path");
  });
  afterEach(() => {
    process.env.PATH = pathBefore;
    rmSync(directory, { recursive: true });
  });

  it("writes a launcher for each plugin that is missing", async () => {
    const { real, launchers, pathDirectory } = await choose();
    assert.deepEqual(real, []);
    assert.deepEqual(launchers, NAMES);
    assert.match(readFileSync(path.join(pathDirectory, NAMES[1]!), "utf8"), /^exec .*aws\/main\.js' "\$@"$/m);
  });

  it("uses a real plugin that is on `PATH`, or that is installed for the CLI in the SDK's version", async () => {
    executable("path", "pulumi-language-nodejs");
    const { version } = (await choose()).parts.find(({ name }) => name === "pulumi-resource-random")!;
    executable("home", "plugins", `resource-random-v${version}`, "pulumi-resource-random");
    executable("home", "plugins", "resource-aws-v1.0.0", "pulumi-resource-aws");
    const { real, launchers } = await choose();
    assert.deepEqual(real, ["pulumi-language-nodejs", "pulumi-resource-random"]);
    assert.deepEqual(launchers, ["pulumi-resource-aws"]);
  });

  it("uses the language host that came with the CLI", async () => {
    executable("cli", "pulumi-language-nodejs");
    assert.deepEqual((await choose({ pulumiPath: executable("cli", "pulumi") })).real, ["pulumi-language-nodejs"]);
  });

  it("does not mistake the launchers of another lab for real plugins", async () => {
    process.env.PATH = (
      await choosePlugins({ directory: path.join(directory, "other"), pulumiHome, never: false })
    ).pathDirectory;
    assert.deepEqual((await choose()).real, []);
  });

  it("names every missing real plugin if no stand-ins are allowed", async () => {
    executable("path", "pulumi-resource-aws");
    await assert.rejects(choose({ never: true }), (error: Error) => {
      assert.match(error.message, /LAB_STANDINS=never.*language-nodejs.*resource-random/);
      assert.doesNotMatch(error.message, /resource-aws/);
      return true;
    });
  });
});
