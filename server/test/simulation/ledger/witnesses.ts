/** The ledger's own judges, on books that the model found right: they must find nothing either. */
import type { Db } from '#platform/db/db.ts';
import { findDrift } from '../../../src/modules/ledger/checker.ts';
import { exportLedger } from '../../../src/modules/ledger/exchange/export-ledger.ts';
import { verifyExport } from '../../../src/modules/ledger/proof/verify-export.ts';
import { Disagreement } from './compare.ts';

/** Throws a Disagreement when the comparison of all that is kept twice, or the verifier of exports, objects. */
export async function hearWitnesses(db: Db, tenantId: string): Promise<void> {
  const drift = await findDrift(db);
  if (drift.length > 0) throw new Disagreement(`the checker objects: ${JSON.stringify(drift.slice(0, 3))}`);
  const report = await verifyExport(exportLedger(db, tenantId, { fromSeq: 1, toSeq: null, leaves: true, balances: true }));
  if (!report.ok) throw new Disagreement(`the verifier of the export objects: ${JSON.stringify(report.problems.slice(0, 3))}`);
}
