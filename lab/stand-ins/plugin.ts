/** This file runs a stand-in for a provider plugin as the engine expects it: as a gRPC server that prints its port. */

import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { serviceFor } from "./protocol";
import { Provider } from "./provider";

/** Serves a provider until the engine ends this process or dies. Only the port is written to standard output. */
export async function servePlugin(provider: Provider): Promise<void> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, serviceFor(provider));
  const port = await listen(server);
  endWithParent();
  process.stdout.write(`${port}\n`);
}

/** Binds a gRPC server to a free port of the loopback interface. */
export function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

/**
 * Ends this process when the engine ends. The engine keeps this process's standard input open as long as the engine
 * lives, and sends SIGINT for a normal end.
 */
export function endWithParent(beforeExit?: () => void): void {
  const end = (): void => {
    beforeExit?.();
    process.exit(0);
  };
  process.stdin.on("end", end).on("error", end).resume();
  process.on("SIGINT", end).on("SIGTERM", end);
}
