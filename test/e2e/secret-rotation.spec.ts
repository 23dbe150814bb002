import * as assert from "node:assert/strict";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { searchForSecrets, secretsNow } from "../../lab/secret-search";
import type { Canary } from "../../lab/secrets/canary";
import { olderSecrets, secretExample } from "../../lab/secrets/example";
import { filePlaces } from "../../lab/secrets/places";
import { faultsOf, scanForSecrets } from "../../lab/secrets/scan";
import type { LabStack } from "../../lab/stack";
import { previewComment, urlsOf } from "../../lab/steps";
import { say, withLab } from "../support/lab/with-lab";

describe("on the lab, the rotation of secrets", function () {
  this.timeout("15m");
  const lab = withLab();
  let stack: LabStack;
  let older: Canary[];

  const nowhere = (canaries: readonly Canary[]) => canaries.map((canary) => ({ ...canary, homes: [] }));
  const configure = (secrets: Readonly<Record<string, string>>, passwords: readonly number[]) => {
    const { config } = secretExample(lab());
    return stack.configure({ ...lab().config, ...config, "alerting:access": { passwords } }, secrets);
  };

  before("apply the program", async () => {
    stack = await lab().stacks.create("rotated");
    await configure(olderSecrets(lab()), [1]);
    await stack.up(say);
    older = await secretsNow(stack);
  });

  it("covers a secret of each kind", () => {
    assert.deepEqual([...new Set(older.map(({ name }) => name))].sort(), [
      "Prometheus' own password",
      "Slack webhook",
      "further channels' webhooks",
      "hash of Prometheus' own password",
      "hash of people's web password",
      "heartbeat URL",
      "people's web password",
      "receivers' credentials",
    ]);
  });

  it("shows neither old nor new secrets in a preview, in the preview's JSON or in its comment", async () => {
    await configure(secretExample(lab()).secrets, [1, 2]);
    const { printed, comment } = await previewComment(stack);
    const places = [printed, comment].map((content, index) => ({ name: `place ${index}`, content }));
    const scan = await scanForSecrets(nowhere([...older, ...(await secretsNow(stack))]), places);
    assert.deepEqual(faultsOf(scan), []);
    assert.match(comment, /Secret `slack-webhook` .*\*another secret\*/);
  });

  it("removes the old secrets from the cluster and the pods, and leaves them only encrypted in old states", async () => {
    await stack.up(say);
    await configure(secretExample(lab()).secrets, [2]);
    await stack.up(say);
    const urls = await urlsOf(lab(), stack);
    await untilPodsHaveNone(older);
    const scan = await searchForSecrets(lab(), stack, urls, say, { before: older });
    assert.deepEqual(faultsOf(scan), []);
    const old = scan.rows.filter(({ name }) => name.endsWith(", the old one"));
    assert.equal(old.length, 8, old.map(({ name }) => name).join());
    const states = scan.placesSearched.filter((name) => /^file: state\/.*\/rotated-\d+\.checkpoint\.json$/.test(name));
    assert.ok(states.length >= 3, "old states are searched too");
  });

  after("destroy the stack", () => stack.destroy(say));

  /** Waits until no pod has these secrets, because a kubelet updates a Secret's files a moment after the Secret. */
  async function untilPodsHaveNone(canaries: readonly Canary[]): Promise<void> {
    const now = new Set((await secretsNow(stack)).map(({ value }) => value));
    const old = nowhere(canaries.filter(({ value }) => !now.has(value)));
    for (const end = Date.now() + 60_000; Date.now() < end; await delay(500)) {
      const places = await filePlaces(path.join(lab().directory, "nodes", "pods"), /^$/);
      if (faultsOf(await scanForSecrets(old, places)).length === 0) {
        return;
      }
    }
    throw new Error("After a minute a pod still has an old secret.");
  }
});
