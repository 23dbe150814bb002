/**
 * Shows on standard error, every two seconds, which checks still run; on a terminal in one line that is cleared at the
 * end.
 */
export class Waiting {
  private waitingFor: readonly string[] = [];
  private readonly started = Date.now();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {
    this.timer = setInterval(() => this.tell(), 2_000).unref();
  }

  on(waitingFor: readonly string[]): void {
    this.waitingFor = waitingFor;
  }

  stop(): void {
    clearInterval(this.timer);
    if (this.stream.isTTY) this.stream.write("\r\u001b[K");
  }

  private tell(): void {
    const seconds = Math.round((Date.now() - this.started) / 1000);
    const [first, ...rest] = this.waitingFor;
    if (first === undefined) return;
    const line = `${seconds} s: waiting for ${first}${rest.length > 0 ? ` and ${rest.length} more` : ""}`;
    this.stream.write(this.stream.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
  }
}
