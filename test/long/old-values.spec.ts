import * as assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { userConfigLines, readUserConfig } from "../../lab/user-config";
import type { UserConfig } from "../../lab/user-config";
import { readSlackPayload } from "../../lab/slack-message";
import { StackError, type LabStack } from "../../lab/stack";
import { drill } from "../../lab/drill";
import { settle } from "../../lab/idle";
import { givenStack, labStack, requireNoChange, urlsOf } from "../../lab/steps";
import { translate } from "../../tools/translate-values/main";
import { until } from "../support/until";
import { changesSince, say, withLab } from "../support/lab/with-lab";

const oldValues = path.resolve(__dirname, "../fixtures/values-of-old/v15.yaml");

describe("on the lab, values of an older chart version", function () {
  this.timeout("10m");
  const lab = withLab();
  let message = "";
  let given: UserConfig | undefined;
  let stack: LabStack | undefined;

  before("set the old values unchanged, and preview", async () => {
    const values: unknown = parse(await fs.readFile(oldValues, "utf8"));
    const old = await labStack(lab(), "old-values", { "alerting:values": values });
    const started = new Date();
    await assert.rejects(old.preview(say), (error: unknown) => {
      assert.ok(error instanceof StackError, String(error));
      ({ message } = error);
      return true;
    });
    assert.deepEqual(changesSince(lab(), started), []);
    assert.deepEqual(await lab().aws.remaining(), []);
    await old.remove();
  });

  it("are all refused in one error, which names for each old key the setting that replaces it", () => {
    const faults = [...message.matchAll(/^ *- alerting:values\.(\S+): (.+)$/gm)];
    assert.ok(faults.length >= 10, message);
    for (const expected of [
      /nodeExporter.*prometheus-node-exporter/,
      /alertmanagerFiles.*alertmanager\.(config|receivers|routes)/,
      /alertmanager\.persistentVolume/,
    ]) {
      assert.match(message, expected);
    }
    assert.equal(new Set(faults.map(([line]) => line)).size, faults.length, "each is told once");
    assert.doesNotMatch(message, /has none like it/, "what is told as old is not told as unknown too");
    assert.doesNotMatch(message, /\bat .*\.[jt]s:\d+/, "no stack trace");
  });

  it("are translated by the command that the preview names, and are deployed once the problems that this command lists are fixed", async () => {
    assert.match(message, /`npm run values:translate -- <values\.yaml>`/);
    const out = translate([oldValues]);
    assert.match(out, /a preview would refuse these[^]*memory: got "3Gi"; accepted: at most its limit/);
    const file = path.join(lab().directory, "today.yaml");
    await fs.writeFile(file, pasted(out.replace(/^( +)memory: 3Gi$/m, "$&\n$1memoryLimit: 4Gi")), { mode: 0o600 });
    given = await readUserConfig(file, lab().profile);
    assert.ok(given !== undefined);
    console.log(
      `\n${userConfigLines(given)
        .map((line) => `    ${line}`)
        .join("\n")}\n`,
    );
    stack = await givenStack(lab(), "today", given);
    await stack.up(say);
    requireNoChange(await stack.preview(say));
  });

  it("lead to an alert and its resolution in Slack after the translation", async () => {
    assert.ok(stack !== undefined);
    const urls = await urlsOf(lab(), stack);
    await settle(urls, say, given);
    const from = lab().slack.messages.length;
    await drill(lab(), stack, urls, say);
    // With these values two jobs scrape the exporter, so the drill may take the second alert's message for "resolved".
    const titles = () =>
      lab()
        .slack.messages.slice(from)
        .map(({ payload }) => readSlackPayload(payload).title);
    for (const status of ["FIRING", "RESOLVED"]) {
      await until(`Slack got ${status}`, () => titles().some((title) => title.includes(`[${status}] InstanceDown`)));
    }
  });

  after("destroy the stack if it was deployed", async () => {
    await stack?.destroy(say);
  });
});

/**
 * The block that the output says to paste, as a file with a `config:` section. The credentials, which users set by a
 * command, are unencrypted strings here. The lab accepts such strings.
 */
function pasted(text: string): string {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => /^ *config:$/.test(line));
  assert.ok(from >= 0, `no block to paste in:\n${text}`);
  const indent = /^ */.exec(lines[from]!)![0];
  const inside = (line: string) => line.trim() === "" || line.startsWith(`${indent} `);
  const length = lines.slice(from + 1).findIndex((line) => !inside(line));
  const block = lines.slice(from, length < 0 ? undefined : from + 1 + length).map((line) => line.slice(indent.length));
  const { config } = parse(block.join("\n")) as { config: Record<string, unknown> };
  const named = [...text.matchAll(/config set --secret --path '?alerting:credentials\.([-\w]+)/g)];
  const credentials: Readonly<Record<string, string>> = Object.fromEntries(
    named.map(([, name = ""]) => [name, `of-the-lab-${name}`]),
  );
  return stringify({ config: { ...config, ...(named.length > 0 && { "alerting:credentials": credentials }) } });
}
