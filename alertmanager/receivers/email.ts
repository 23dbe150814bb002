import { z } from "zod";
import { common, tlsConfig } from "../httpConfig";
import { file, filledText, flag, inlineSecret, text, textMap } from "../scalars";

/** A mail server with its port; without host it is this machine. */
export const smarthost = () =>
  z
    .string({ error: 'a host with its port, such as "smtp.example.com:587"' })
    .regex(/^(\[[^\][]*\]|[^:[\]]*):[^:\s]+$/, { error: 'a host with its port, such as "smtp.example.com:587"' });

export const emailConfig = z
  .strictObject({
    ...common,
    to: filledText("the address to write to"),
    from: text().optional(),
    hello: text().optional(),
    smarthost: smarthost().optional(),
    auth_username: text().optional(),
    auth_password: inlineSecret("auth_password_file").optional(),
    auth_password_file: file().optional(),
    auth_secret: inlineSecret("auth_secret_file").optional(),
    auth_secret_file: file().optional(),
    auth_identity: text().optional(),
    headers: textMap().optional(),
    html: text().optional(),
    text: text().optional(),
    require_tls: flag().optional(),
    force_implicit_tls: flag().optional(),
    tls_config: tlsConfig.optional(),
    threading: z
      .strictObject({ enabled: flag().optional(), thread_by_date: z.enum(["none", "daily"]).optional() })
      .optional(),
  })
  .superRefine((email, context) => {
    const seen = new Set<string>();
    for (const name of Object.keys(email.headers ?? {})) {
      const lower = name.toLowerCase();
      const path = ["headers", name];
      if (seen.has(lower)) context.addIssue({ code: "custom", path, message: "every header once, whatever its case" });
      if (email.threading?.enabled && (lower === "references" || lower === "in-reply-to"))
        context.addIssue({ code: "custom", path, message: "no such header, because `threading.enabled` writes it" });
      seen.add(lower);
    }
    if (email.threading?.enabled && email.threading.thread_by_date === undefined)
      context.addIssue({ code: "custom", path: ["threading", "thread_by_date"], message: '"none" or "daily"' });
  });
