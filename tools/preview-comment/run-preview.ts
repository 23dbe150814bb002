/** The exit code and output of a preview. */
export interface PreviewRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs `pulumi preview --json` in this directory. The CLI is found on the PATH. */
export async function runPreview(
  stack: string,
  { refresh, expectNoChanges }: { readonly refresh: boolean; readonly expectNoChanges: boolean },
): Promise<PreviewRun> {
  // execa is an ES module, which tsx can load only in this way.
  const { execa } = await import("execa");
  const args = [
    ...["preview", "--json", "--non-interactive", "--color", "never", "--stack", stack],
    ...(refresh ? ["--refresh"] : []),
    ...(expectNoChanges ? ["--expect-no-changes"] : []),
  ];
  const { stdout, stderr, exitCode, failed, shortMessage } = await execa("pulumi", args, {
    reject: false,
    stdin: "ignore",
    // A state of ten thousand resources is larger than the default buffer.
    maxBuffer: 1024 * 1024 * 1024,
  });
  // Without an exit code the process was not started, or was ended by a signal.
  if (exitCode === undefined)
    return { stdout, stderr: `error: ${shortMessage ?? "pulumi was ended"}`, exitCode: failed ? 1 : 0 };
  return { stdout, stderr, exitCode };
}
