import { z } from "zod";
import { isCredentialName } from "../credentials";
import { duration, milliseconds } from "../../validation/durations";
import { webUrl } from "./value-types";

/**
 * The shortest interval: with a shorter one, Alertmanager's timeout for one request would be longer than the interval.
 */
const shortest = "5s";

const authorization = z.strictObject({
  type: z
    .string()
    .regex(/^(?!basic$)[!#$%&'*+.^_`|~0-9A-Za-z-]+$/i, { error: 'a scheme such as "GenieKey" or "Bearer"' }),
  credential: z.string().refine(isCredentialName, { error: "the name of a credential in alerting:credentials" }),
});

/** The heartbeat that is sent to the URL in the secret `heartbeatUrl`. */
export const heartbeat = z
  .strictObject({
    interval: duration()
      // The previous check reports a string that is not a duration.
      .refine((text) => !milliseconds(text) || milliseconds(text)! >= milliseconds(shortest)!, {
        error: `a duration of at least ${shortest}`,
      })
      // With a multiple of this interval, all beats would be the same alert (alerts/rules/watchdog.yaml), and only the
      // first would be sent.
      .refine((text) => !milliseconds(text) || milliseconds(text)! % 97_000 !== 0, {
        error: "a duration that is not a multiple of 97 seconds, or all beats would look alike",
      })
      .default("1m")
      .describe("How often the heartbeat is sent; set the same interval at the service"),
    authorization: authorization
      .optional()
      .describe(
        "The `Authorization` header, for services that require one: `{ type: GenieKey, credential: <name> }`; the name is a key of `alerting:credentials`",
      ),
    httpProxy: webUrl
      .optional()
      .describe("The URL, without credentials, of the HTTP proxy for requests to the service"),
  })
  .prefault({});
