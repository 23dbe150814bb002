import { randomBytes } from "node:crypto";
import { hash } from "bcryptjs";
import { diffProperties } from "../diff";
import { servePlugin } from "../plugin";
import { type Properties, secret, UNKNOWN } from "../properties";
import type { Provider, ResourceType } from "../provider";
import { randomText, TEXT_DEFAULTS } from "./text";

const TEXT_INPUTS = ["keepers", "length", "overrideSpecial", ...Object.keys(TEXT_DEFAULTS)];

/** A random value: made once, kept in the state, made anew when any input changes. */
function randomValue(o: {
  inputs: readonly string[];
  required: string;
  defaults?: Properties;
  /** Outputs of a creation, unknown in its preview. */
  outputs: readonly string[];
  make(inputs: Properties): Promise<{ id: string; made: Properties }>;
}): ResourceType {
  return {
    async check(_call, inputs) {
      const failures = Object.keys(inputs)
        .filter((name) => !o.inputs.includes(name))
        .map((property) => ({
          property,
          reason: `the lab's stand-in of the random provider does not implement "${property}" (it knows ${o.inputs.join(", ")})`,
        }));
      const value = inputs[o.required];
      if (value === UNKNOWN || (Number.isInteger(value) && Number(value) > 0)) return { inputs, failures };
      return { inputs, failures: [...failures, { property: o.required, reason: "expected a whole number above 0" }] };
    },
    async diff(_call, { oldInputs, news }) {
      return { changes: diffProperties(oldInputs, news, { replaceOn: ["*"] }) };
    },
    async create(call, inputs) {
      const state = { ...o.defaults, ...inputs };
      if (call.preview) {
        return { id: "", state: { ...state, ...Object.fromEntries(o.outputs.map((name) => [name, UNKNOWN])) } };
      }
      const { id, made } = await o.make(inputs);
      return { id, state: { ...state, ...made } };
    },
    async read(_call, { id, inputs, state }) {
      if (Object.keys(state).length > 0) return { id, inputs, state };
      throw new Error("the lab's stand-in of the random provider does not implement imports");
    },
    async update(call) {
      throw new Error(`a random value cannot change in place (${call.urn})`);
    },
    async delete() {}, // it is nowhere but in the state
  };
}

/** Stand-in of the provider plugin of @pulumi/random 4.21.2. */
const provider: Provider = {
  name: "random",
  version: "4.21.2",
  configKeys: [],
  configure: async () => {},
  resources: {
    "random:index/randomId:RandomId": randomValue({
      inputs: ["byteLength", "keepers", "prefix"],
      required: "byteLength",
      outputs: ["b64Std", "b64Url", "dec", "hex"],
      async make({ byteLength, prefix = "" }) {
        const bytes = randomBytes(Number(byteLength));
        const [hex, id] = [bytes.toString("hex"), bytes.toString("base64url")];
        const forms = { hex, dec: String(BigInt(`0x${hex}`)), b64Std: bytes.toString("base64"), b64Url: id };
        return {
          id,
          made: Object.fromEntries(Object.entries(forms).map(([name, form]) => [name, `${String(prefix)}${form}`])),
        };
      },
    }),
    "random:index/randomPassword:RandomPassword": randomValue({
      inputs: TEXT_INPUTS,
      required: "length",
      defaults: TEXT_DEFAULTS,
      outputs: ["result", "bcryptHash"],
      async make(inputs) {
        const result = randomText(inputs);
        return { id: "none", made: { result: secret(result), bcryptHash: secret(await hash(result, 10)) } };
      },
    }),
    "random:index/randomString:RandomString": randomValue({
      inputs: TEXT_INPUTS,
      required: "length",
      defaults: TEXT_DEFAULTS,
      outputs: ["result"],
      async make(inputs) {
        const result = randomText(inputs);
        return { id: result, made: { result } };
      },
    }),
  },
};

void servePlugin(provider);
