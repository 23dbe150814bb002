import type { Urls } from "../../lab/web";
import type { LabStack } from "../../lab/stack";
import { settle } from "../../lab/idle";
import { labStack, urlsOf } from "../../lab/steps";
import { describeGone, goneSoon } from "../support/lab/gone";
import { describeLiveDrill } from "../support/lab/live-drill";
import { describeRuleMetrics } from "../support/lab/rule-metrics";
import { describeRulesCheck } from "../support/lab/rules-check";
import { describeRunbooks } from "../support/lab/runbooks";
import { describeWatchman } from "../support/lab/watchman";
import { say, withLab } from "../support/lab/with-lab";

describe("a stack with the lab's default configuration", function () {
  this.timeout("10m");
  const lab = withLab();
  let stack: LabStack;
  let urls: Urls;

  before("bring the stack up", async () => {
    stack = await labStack(lab(), "default-stack", { "alerting:rules": { alerts: goneSoon } });
    await stack.up(say);
    urls = await urlsOf(lab(), stack);
    await settle(urls, say);
  });
  after("destroy the stack", () => stack.destroy(say));

  // This suite must run first, because it observes the stack while nothing changes.
  describe("the metrics that the rules need", () => describeRuleMetrics(lab, () => urls));
  describe("the check of the rules", () => describeRulesCheck(lab, () => ({ stack, urls, alerts: goneSoon })));
  describe("targets and pods that go away", () => describeGone(lab, () => urls));
  describe("the drill", () => describeLiveDrill(lab, () => ({ stack, urls })));
  describe("the heartbeat", () => describeWatchman(lab, () => urls));
  describe("the first commands of the runbooks", () => describeRunbooks(lab, () => ({ stack, urls })));
});
