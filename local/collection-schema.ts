import * as z from 'zod';
import { packageRecordSchema } from '../shared/domain/package-record-schema.ts';

/** The JSON Schema (draft 2020-12) of collection.json as this version writes it. */
export function describeCollectionJson(): object {
  return {
    title: 'collection.json of an evidence package',
    description:
      'What was asked, planned, run, stored and missing, and when. Packages of earlier versions lack members that have a default here.',
    ...z.toJSONSchema(packageRecordSchema),
  };
}
