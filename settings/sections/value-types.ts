import { z } from "zod";
import { rangeFault } from "../../validation/ranges";

/** Reports a part of a value that is invalid only because of another part. */
export function refuse(context: z.RefinementCtx, path: (string | number)[], message: string): void {
  context.addIssue({ code: "custom", path, message });
}

export const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, { error: "a name of lower-case letters, digits and dashes" });
export const labelKey = z
  .string()
  .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/, {
    error: "a label's key",
  });
export const labelValue = z
  .string()
  .regex(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/, { error: "a label's value" });
export const withoutCredentials = (text: string) => !/^[a-z]+:\/\/[^/?#]*@/i.test(text);
export const webUrl = z
  .url({ protocol: /^https?$/, error: "a URL that begins with http:// or https://" })
  .refine(withoutCredentials, { error: "a URL without user and password, because this setting is stored unencrypted" });
/**
 * The URL of a page. Probes and other components request paths from the root, so they would miss a page under a path.
 */
export const pageUrl = webUrl.refine(
  (text) => !URL.canParse(text) || /^\/?$/.test(new URL(text).pathname + new URL(text).search),
  {
    error:
      "a URL without a path, because probes and the other components request paths from the root; give it a separate host name",
  },
);
export const cidr = z
  .union([z.cidrv4(), z.cidrv6()], { error: 'an address range such as "10.0.0.0/16"' })
  .superRefine((range, context) => {
    const message = rangeFault(range);
    if (message !== undefined) refuse(context, [], message);
  });
/** A region of any partition, such as `cn-north-1`, `us-gov-west-1` and `eusc-de-east-1`. */
export const awsRegion = z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d+$/, { error: 'a region such as "ap-northeast-2"' });
export const identifier = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,40}$`), { error: `an id that begins with ${prefix}-` });

/** A list in the syntax of Prometheus or Alertmanager. Its content is checked by the code that knows that syntax. */
export const nativeLanguage = z.array(z.record(z.string(), z.unknown())).default([]);

/** A list of strings or numbers without duplicates. */
export const distinct = <Item extends z.ZodType<string | number>>(item: Item) =>
  z.array(item).superRefine((list, context) => {
    list.forEach((one, index) => {
      if (list.indexOf(one) === index) return;
      const message = "a value that is not in the list already; remove one of the two";
      refuse(context, [index], message);
    });
  });
