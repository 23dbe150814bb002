import * as assert from "node:assert/strict";
import type { Lab } from "../../../lab/lab";
import { cuts } from "../../../lab/slack/payload-limits";
import type { SlackMessage } from "../../../lab/slack/start";
import { type ReadableMessage, readSlackPayload } from "../../../lab/slack-message";
import { say } from "./with-lab";

/** The messages that the channel received after one change. */
export class SlackWatch {
  private constructor(
    public readonly messages: readonly SlackMessage[],
    /** The messages as a reader sees them. */
    public readonly seen: readonly ReadableMessage[],
  ) {}

  /** Makes a change, waits for `last`, and then until no message has arrived for the quiet time. */
  static async of(
    lab: Lab,
    change: () => unknown,
    last: (message: ReadableMessage) => boolean,
    seconds: { readonly patience: number; readonly quiet: number },
  ): Promise<SlackWatch> {
    const { slack } = lab;
    const from = slack.messages.length;
    await change();
    await slack.nextMessage(({ payload }) => last(readSlackPayload(payload)), seconds.patience * 1000, from);
    await slack.quiet(seconds.quiet * 1000, 300_000);
    return SlackWatch.since(lab, from);
  }

  /** The messages that Slack received after the first `from` messages. */
  static since({ slack }: Lab, from: number): SlackWatch {
    const messages = slack.messages.slice(from);
    const seen = messages.map(({ payload }) => readSlackPayload(payload));
    for (const [index, { title }] of seen.entries()) say(`${messages[index]!.receivedAt} ${title}`);
    return new SlackWatch(messages, seen);
  }

  get titles(): string[] {
    return this.seen.map(({ title }) => title);
  }

  /** Asserts that every message is in the channel and that none is truncated. */
  assertReadable(): void {
    for (const { payload, taken } of this.messages) {
      assert.ok(taken);
      assert.deepEqual(cuts(payload as Record<string, unknown>), []);
    }
  }

  /** Asserts that no webhook got messages faster than Slack allows; two groups may be sent at the same moment. */
  assertOneASecond(): void {
    const times = this.messages.map(({ receivedAt }) => Date.parse(receivedAt));
    const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
    assert.ok(times.length <= seconds + 2, `${times.length} messages in ${seconds} s`);
    for (const [index, at] of times.entries()) assert.ok(index < 2 || at - times[index - 2]! >= 1_000);
  }

  assertAtMost(count: number): void {
    assert.ok(this.messages.length <= count, `${this.messages.length} messages:\n${this.titles.join("\n")}`);
  }
}
