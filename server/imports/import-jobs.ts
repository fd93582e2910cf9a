// What the page has done with a file of incidents in the background: a check that stores nothing, and the import itself.

import * as z from 'zod';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { Upload, Uploads } from '../files/uploads.ts';
import { parseWith } from '../http/contract.ts';
import type { JobRunner, Jobs, JobWatch } from '../jobs/queue.ts';
import { DateDoubt } from '../reading/date-doubt.ts';
import { Doubt } from '../tables/doubt.ts';
import { createRejectFile } from '../tables/reject-file.ts';
import type { ImportDryRun, ImportMapping } from './contract.ts';
import { importersOf } from './importers.ts';
import { forgetFile, incidentsFile, rejectsPath, rememberChecked } from './pending-upload.ts';

type Deps = { readonly database: Database; readonly jobs: Jobs; readonly uploads: Uploads };

const payload = z.strictObject({
  upload: z.string(),
  /** As it was when the job was asked for: what the page says of the file meanwhile was not confirmed. */
  mapping: z.custom<ImportMapping>(),
  confirmed: z.boolean(),
  via: z.enum(['page', 'folder']).default('page'),
});

/** What a check can tell of a file before its question is answered. */
const NOTHING_READ = {
  ...{ read: 0, stored: 0, changed: 0, unchanged: 0, gone: 0, rejected: 0, unlocated: 0 },
  ...{ firstDay: null, lastDay: null, goneByMonth: [], rejects: [], sample: [], notes: [] },
};

/** Says who does `check-import` and `import`. */
export function handleImportJobs(deps: Deps): void {
  deps.jobs.handle('check-import', checkUpload(deps));
  deps.jobs.handle('import', importUpload(deps));
}

/** Reports what importing it would do, or the question it would ask. */
function checkUpload({ database, uploads }: Deps): JobRunner {
  return async (jurisdiction, given, watch) => {
    const asked = await findAsked(uploads, jurisdiction, given);
    try {
      const report = await runOnUpload(database, 'check', jurisdiction, asked, watch);
      return { ...report, checked: await rememberChecked(asked.upload, asked.mapping) };
    } catch (error) {
      const question = askedBy(error);
      if (question === null) throw error;
      return { upload: asked.upload.id, ...NOTHING_READ, ...question } satisfies ImportDryRun & { upload: string };
    }
  };
}

function importUpload({ database, uploads }: Deps): JobRunner {
  return async (jurisdiction, given, watch) => {
    const asked = await findAsked(uploads, jurisdiction, given);
    const report = await runOnUpload(database, 'import', jurisdiction, asked, watch);
    await forgetFile(asked.upload);
    return report;
  };
}

type Asked = Omit<z.output<typeof payload>, 'upload'> & { readonly upload: Upload };

async function findAsked(uploads: Uploads, { code }: Jurisdiction, given: unknown): Promise<Asked> {
  const { upload, ...how } = parseWith(payload, given);
  return { ...how, upload: await uploads.find(code, upload) };
}

/** What is rejected of the file goes to a file beside it. */
async function runOnUpload(
  database: Database,
  work: 'check' | 'import',
  jurisdiction: Jurisdiction,
  { upload, mapping, confirmed, via }: Asked,
  watch: JobWatch,
) {
  const file = incidentsFile(upload);
  const options = { ...mapping, confirmed, via, fileName: file.name };
  const rejects = await createRejectFile(rejectsPath(upload));
  try {
    const run = importersOf(options.preset)[work];
    const watched = { ...watch, onReject: rejects.add };
    return { upload: upload.id, ...(await run(database.background, jurisdiction, file.path, options, watched)) };
  } finally {
    await rejects.end();
  }
}

/** The question behind a refusal; null for any other error. */
function askedBy(error: unknown): Pick<ImportDryRun, 'dateQuestion' | 'question'> | null {
  if (error instanceof DateDoubt) return { dateQuestion: error.question };
  return error instanceof Doubt ? { question: error.question } : null;
}
