import * as z from 'zod';

const nullable = <T extends z.ZodType>(value: T) => z.object({ value }).nullish();

/** A cookie as the library hands it over (toRpcHttpCookie.ts of @azure/functions); `sameSite` none means that nothing is said. */
export const rpcCookie = z.object({
  name: z.string(),
  value: z.string(),
  domain: nullable(z.string()),
  path: nullable(z.string()),
  expires: nullable(z.object({ seconds: z.number() })),
  secure: nullable(z.boolean()),
  httpOnly: nullable(z.boolean()),
  sameSite: z.enum(['none', 'lax', 'strict', 'explicitNone']),
  maxAge: nullable(z.number()),
});

const sameSiteWords = { none: undefined, lax: 'Lax', strict: 'Strict', explicitNone: 'None' } as const;

/** The value of a Set-Cookie header (RFC 6265). */
export function serializeCookie(cookie: z.infer<typeof rpcCookie>): string {
  const sameSite = sameSiteWords[cookie.sameSite];
  return [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    cookie.maxAge && `Max-Age=${Math.floor(cookie.maxAge.value)}`,
    cookie.domain && `Domain=${cookie.domain.value}`,
    cookie.path && `Path=${cookie.path.value}`,
    cookie.expires && `Expires=${new Date(cookie.expires.value.seconds * 1_000).toUTCString()}`,
    cookie.httpOnly?.value && 'HttpOnly',
    cookie.secure?.value && 'Secure',
    sameSite && `SameSite=${sameSite}`,
  ]
    .filter(Boolean)
    .join('; ');
}
