/** A client for the part of the engine's service that a plugin needs: it writes lines to the engine's output. */

import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

export type Severity = "info" | "warning" | "error";

const severities = { info: LogSeverity.INFO, warning: LogSeverity.WARNING, error: LogSeverity.ERROR } as const;

export class Engine {
  private client: EngineClient | undefined;

  constructor(address: string | undefined) {
    this.connect(address);
  }

  /** Connects to the engine. The address comes as an argument, by `Handshake`, or by `Attach`. */
  connect(address: string | undefined): void {
    if (address) this.client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  log(severity: Severity, message: string, urn = ""): void {
    const request = new LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    // An engine that is about to end does not answer. This is ignored, so that the user sees the engine's own error.
    this.client?.log(request, (error) => {
      if (error) process.stderr.write(`${severity}: ${message}\n`);
    });
  }
}
