import * as z from 'zod';
import { changeAlert } from './alert-book.ts';
import { parseJson } from './http/read-body.ts';
import { entityReply, incorrectBody, type Reply } from './http/reply.ts';
import type { ApiRequest } from './http/route.ts';
import type { ScenarioAlert } from './scenario.ts';

/** Who changes alerts, and when. */
export type UpdateParts = { appName: string; timestamp(): string };

const updateSchema = z.object({
  status: z.enum(['New', 'InProgress', 'Resolved']).optional(),
  assignedTo: z.string().optional(),
  classification: z.enum(['TruePositive', 'InformationalExpectedActivity', 'FalsePositive']).optional(),
  determination: z.string().optional(),
  comment: z.string().min(1).optional(),
});

/** Changes an alert as a request asks: a comment is appended, everything else replaced; any subset, but not nothing. */
export async function updateAlert(parts: UpdateParts, alert: ScenarioAlert, request: ApiRequest): Promise<Reply> {
  const body = await request.readBody(1_000_000);
  const update = updateSchema.safeParse(body === 'too large' ? undefined : parseJson(body));
  if (!update.success || Object.keys(update.data).length === 0) {
    return incorrectBody();
  }
  const { comment, ...changes } = update.data;
  const now = parts.timestamp();
  changeAlert(alert, now, definedOf(changes));
  if (changes.status !== undefined) alert.entity.resolvedTime = changes.status === 'Resolved' ? now : null;
  if (comment !== undefined) alert.entity.comments.push({ comment, createdBy: parts.appName, createdTime: now });
  return entityReply(200, 'Alerts/$entity', alert.entity);
}

/** Leaves out what is undefined, which would replace a value by nothing. */
function definedOf(changes: Omit<z.infer<typeof updateSchema>, 'comment'>): Partial<ScenarioAlert['entity']> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
