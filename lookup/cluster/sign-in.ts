import { spawn } from "node:child_process";
import type { KubeConfig, User } from "@kubernetes/client-node";

/** The time limit of a sign-in program: one that takes longer probably waits for input. */
const patienceMs = 15_000;

/** The used part of a kubeconfig's `exec`. */
interface Program {
  readonly apiVersion?: string;
  readonly command?: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
}

interface Credential {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  readonly expirationTimestamp?: string;
}

/** Thrown if a sign-in program gave no credentials in time and was killed. */
export class SignInWaits extends Error {
  override readonly name = "SignInWaits";

  constructor(
    public readonly command: string,
    public readonly seconds: number,
  ) {
    super(`the program ${command} gave no credentials within ${seconds} s`);
  }
}

/** A provider name of this program: with it, the client library leaves the sign-in to the authenticator below. */
const provider = "bounded-exec";

/**
 * Runs sign-in programs in place of the client library. The library waits for them without a limit, keeps the process
 * running while a program waits for a code, and starts a program for each request.
 */
export function boundSignIn(kubeconfig: KubeConfig, boundMs = patienceMs): void {
  kubeconfig.users = kubeconfig.users.map(({ exec, ...user }: User): User => {
    const program = exec as Program | null | undefined;
    if (!program?.command) return { ...user, exec: program };
    return { ...user, authProvider: { name: provider, config: new SignIn(program, boundMs) } };
  });
  kubeconfig.addAuthenticator({
    isAuthProvider: (user) => signInOf(user) !== undefined,
    async applyAuthentication(user, options) {
      const { token, clientCertificateData: cert, clientKeyData: key } = await signInOf(user)!.credential();
      if (cert) options.cert = cert;
      if (key) options.key = key;
      if (token) options.headers = { ...options.headers, Authorization: `Bearer ${token}` };
    },
  });
}

/**
 * Runs the current user's sign-in program, if there is one. It runs before a request whose time limit is shorter than
 * that of the program.
 */
export async function signIn(kubeconfig: KubeConfig): Promise<void> {
  await signInOf(kubeconfig.getCurrentUser())?.credential();
}

function signInOf(user: User | null): SignIn | undefined {
  const { config } = (user?.authProvider ?? {}) as { config?: unknown };
  return config instanceof SignIn ? config : undefined;
}

class SignIn {
  private running: Promise<Credential> | undefined;
  private until = Infinity;

  constructor(
    private readonly program: Program,
    private readonly boundMs: number,
  ) {}

  /** The credentials that the program returned, until they expire. */
  credential(): Promise<Credential> {
    if (this.running === undefined || this.until <= Date.now()) {
      this.until = Infinity;
      this.running = this.ask();
    }
    return this.running;
  }

  private async ask(): Promise<Credential> {
    const { status } = JSON.parse(await outputOf(this.program, this.boundMs)) as { status?: Credential };
    if (status === undefined) throw new Error(`the program ${this.program.command} gave no credentials`);
    this.until = status.expirationTimestamp === undefined ? Infinity : Date.parse(status.expirationTimestamp);
    return status;
  }
}

/**
 * Runs a program and returns its output. After the time limit it kills the whole process group, because killing only a
 * script would leave its child processes.
 */
function outputOf({ apiVersion, command = "", args, env }: Program, boundMs: number): Promise<string> {
  const asked = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args ?? [], {
      env: {
        ...process.env,
        KUBERNETES_EXEC_INFO: JSON.stringify(asked),
        ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
      },
      // The program gets no input: nobody could answer a prompt, and the program should notice that.
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (more: string) => (text[name] += more));
    }
    const timer = setTimeout(() => {
      endGroup(child.pid);
      // A child process that has left the group may hold these streams open, which would keep this process running.
      child.stdout.destroy();
      child.stderr.destroy();
      reject(new SignInWaits(command, boundMs / 1000));
    }, boundMs);
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(text.stdout);
      else reject(new Error(text.stderr.trim() || `the program ${command} failed (${code ?? "ended by a signal"})`));
    });
  });
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // The program has already ended.
  }
}
