/** This file translates between the engine's provider protocol and the interface in provider.ts. */

import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { answer, grpcError, unimplemented } from "./handlers";
import { Change, diffProperties } from "./diff";
import { Call, CheckFailure, DiffResult, nearestName, Provider, ResourceType } from "./provider";
import { fromStruct, Properties, toStruct, withoutSecrets } from "./properties";

/**
 * All methods of the gRPC service of a provider. Methods that no stand-in needs answer "unimplemented", as the protocol
 * requires.
 */
export function serviceFor(provider: Provider): IResourceProviderServer {
  const call = (request: { getUrn(): string; getName(): string; getType(): string }, preview = false): Call => ({
    urn: request.getUrn(),
    name: request.getName(),
    type: request.getType(),
    preview,
  });
  const resource = (request: { getType(): string }): ResourceType =>
    member(provider.resources, request.getType(), "resource type", provider.name);

  return {
    handshake: answer(() => new proto.ProviderHandshakeResponse()),
    attach: answer(() => new Empty()),
    getPluginInfo: answer(() => {
      const response = new PluginInfo();
      response.setVersion(provider.version);
      return response;
    }),
    getSchema: answer(() => {
      const response = new proto.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: provider.name, version: provider.version }));
      return response;
    }),
    checkConfig: answer((request: proto.CheckRequest) => {
      const news = fromStruct(request.getNews());
      return checkResponse(news, unknownConfigKeys(provider, news));
    }),
    diffConfig: answer((request: proto.DiffRequest) =>
      diffResponse({ changes: diffProperties(oldInputs(request), fromStruct(request.getNews())) }),
    ),
    configure: answer(async (request: proto.ConfigureRequest) => {
      await provider.configure(withoutSecrets(fromStruct(request.getArgs())) as Properties);
      const response = new proto.ConfigureResponse();
      response.setSupportspreview(true);
      return response;
    }),
    invoke: answer(async (request: proto.InvokeRequest) => {
      const invoke = member(provider.invokes ?? {}, request.getTok(), "function", provider.name);
      const response = new proto.InvokeResponse();
      response.setReturn(toStruct(await invoke(fromStruct(request.getArgs()), { preview: request.getPreview() })));
      return response;
    }),
    check: answer(async (request: proto.CheckRequest) => {
      const type = resource(request);
      const news = fromStruct(request.getNews());
      const checked = await type.check?.(
        call(request),
        news,
        fromStruct(request.getOlds()),
        request.getRandomseed_asU8(),
      );
      return checkResponse(checked?.inputs ?? news, checked?.failures ?? []);
    }),
    diff: answer(async (request: proto.DiffRequest) => {
      const o = {
        id: request.getId(),
        oldInputs: oldInputs(request),
        oldState: fromStruct(request.getOlds()),
        news: fromStruct(request.getNews()),
      };
      const found = await resource(request).diff?.(call(request), o);
      return diffResponse(found ?? { changes: diffProperties(o.oldInputs, o.news) });
    }),
    create: answer(async (request: proto.CreateRequest) => {
      const about = call(request, request.getPreview());
      const { id, state } = await resource(request).create(about, fromStruct(request.getProperties()));
      const response = new proto.CreateResponse();
      response.setId(request.getPreview() ? "" : id);
      response.setProperties(toStruct(state));
      return response;
    }),
    read: answer(async (request: proto.ReadRequest) => {
      const found = await resource(request).read(call(request), {
        id: request.getId(),
        inputs: fromStruct(request.getInputs()),
        state: fromStruct(request.getProperties()),
      });
      const response = new proto.ReadResponse();
      if (found === undefined) return response; // an empty id means that the resource is gone
      response.setId(found.id);
      response.setInputs(toStruct(found.inputs));
      response.setProperties(toStruct(found.state));
      return response;
    }),
    update: answer(async (request: proto.UpdateRequest) => {
      const about = call(request, request.getPreview());
      const state = await resource(request).update(about, {
        id: request.getId(),
        oldInputs: oldInputs(request),
        oldState: fromStruct(request.getOlds()),
        news: fromStruct(request.getNews()),
      });
      const response = new proto.UpdateResponse();
      response.setProperties(toStruct(state));
      return response;
    }),
    delete: answer(async (request: proto.DeleteRequest) => {
      await resource(request).delete(call(request), {
        id: request.getId(),
        inputs: oldInputs(request),
        state: fromStruct(request.getProperties()),
      });
      return new Empty();
    }),
    cancel: answer(() => new Empty()),
    parameterize: unimplemented,
    call: unimplemented,
    construct: unimplemented,
    getMapping: unimplemented,
    getMappings: unimplemented,
    list: (stream) => void stream.destroy(grpcError(grpc.status.UNIMPLEMENTED, "not implemented by this stand-in")),
  };
}

function oldInputs(request: { getOldInputs(): Parameters<typeof fromStruct>[0] }): Properties {
  return fromStruct(request.getOldInputs());
}

function unknownConfigKeys(provider: Provider, config: Properties): CheckFailure[] {
  return Object.keys(config)
    .filter((key) => !provider.configKeys.includes(key) && key !== "version")
    .map((property) => ({
      property,
      reason: `the lab's stand-in of the ${provider.name} provider does not implement the input "${property}" (it knows ${provider.configKeys.join(", ")})`,
    }));
}

function checkResponse(inputs: Properties, failures: readonly CheckFailure[]): proto.CheckResponse {
  const response = new proto.CheckResponse();
  response.setInputs(toStruct(inputs));
  for (const { property, reason } of failures) {
    const failure = new proto.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    response.addFailures(failure);
  }
  return response;
}

const { Kind } = proto.PropertyDiff;
const kinds: Record<Change["kind"], readonly [inPlace: number, replacing: number]> = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
};

function diffResponse({ changes, deleteBeforeReplace }: DiffResult): proto.DiffResponse {
  const response = new proto.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setHasdetaileddiff(true);
  response.setDeletebeforereplace(deleteBeforeReplace ?? false);
  const topKeys = (of: readonly Change[]): string[] => [
    ...new Set(of.map(({ path }) => path.split(/[.[]/)[0] || path)),
  ];
  response.setDiffsList(topKeys(changes));
  response.setReplacesList(topKeys(changes.filter((change) => change.replace)));
  for (const change of changes) {
    const property = new proto.PropertyDiff();
    property.setKind(kinds[change.kind][change.replace ? 1 : 0]);
    property.setInputdiff(true);
    response.getDetaileddiffMap().set(change.path, property);
  }
  return response;
}

function member<T>(table: Readonly<Record<string, T>>, name: string, what: string, provider: string): T {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
  const near = nearestName(name, Object.keys(table));
  const hint = near === undefined ? "" : ` (nearest: ${near})`;
  throw new Error(`the lab's stand-in of the ${provider} provider does not implement the ${what} ${name}${hint}`);
}
