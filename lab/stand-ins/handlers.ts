/** This file makes handlers of gRPC services from plain functions, and errors in the engine's format. */

import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { NotReadyError } from "./provider";
import { isMap } from "../../validation/plain-data";
import { toStruct } from "./properties";

/** The maximum length of an error message, because it is sent in an HTTP/2 header. A longer message is cut. */
const longestMessage = 12_000;

/** Makes a handler from a function that returns the response or throws. */
export function answer<Request, Response>(
  handle: (request: Request) => Promise<Response> | Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, reply) => {
    (async () => handle(call.request))().then(
      (response) => reply(null, response),
      (error: unknown) => reply(serviceError(error)),
    );
  };
}

/** The handler for all methods that no stand-in implements. */
export const unimplemented = answer<unknown, never>(() => {
  throw grpcError(grpc.status.UNIMPLEMENTED, "not implemented by this stand-in");
});

/** An error with a gRPC status code. */
export function grpcError(code: grpc.status, details: string): Error & Partial<grpc.ServiceError> {
  return Object.assign(new Error(details), { code, details });
}

function serviceError(error: unknown): Partial<grpc.ServiceError> {
  const known = isMap(error) && typeof error.code === "number" && typeof error.details === "string";
  if (known && !(error instanceof NotReadyError)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const details = message.length > longestMessage ? `${message.slice(0, longestMessage)}...` : message;
  const metadata = error instanceof NotReadyError ? notReadyMetadata(error, details) : new grpc.Metadata();
  return { code: grpc.status.UNKNOWN, details, metadata };
}

/** The metadata of an error that contains the state of a resource that exists but is not ready. */
function notReadyMetadata(error: NotReadyError, message: string): grpc.Metadata {
  const failed = new ErrorResourceInitFailed();
  failed.setId(error.id);
  failed.setProperties(toStruct(error.state));
  failed.setInputs(toStruct(error.inputs));
  failed.setReasonsList([...error.reasons]);
  const detail = new Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(detail);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}
