import { Type } from 'typebox';
import { readDate } from '../dates.ts';
import type { Tx } from '../db/db.ts';
import { DATE_SHAPE, nullable, pageLimit } from '../schemas.ts';
import { dayDigest } from './chain.ts';
import { readAnchors, readDays } from './day-store.ts';
import type { ProvenChain } from './leaves.ts';

const Hex = Type.String({ description: '32 bytes em hexadecimal' });

/** A day's statement over HTTP, with its outside evidence. */
export const DayRoot = Type.Object({
  tenantId: Type.String(),
  chain: Type.String(),
  day: Type.String({ description: 'Dia UTC, AAAA-MM-DD' }),
  firstSeq: Type.Integer(),
  lastSeq: Type.Integer(),
  count: Type.Integer(),
  root: Hex,
  previousRoot: Type.Optional(Hex),
  batch: Type.Integer(),
  batchHash: Hex,
  digest: Type.String({ description: 'SHA-256 do JSON canônico da declaração: o que as âncoras carimbam' }),
  anchors: Type.Array(
    Type.Object({
      driver: Type.Union([Type.Literal('rfc3161'), Type.Literal('folder')]),
      anchoredAt: Type.String(),
      evidence: Type.String({ description: 'Carimbo do tempo em base64, ou nome do arquivo' }),
    }),
  ),
});

export const DayRootPage = Type.Object({ days: Type.Array(DayRoot), next: nullable(Type.String()) });

export const DayRootQuery = Type.Object({
  before: Type.Optional(Type.String({ pattern: DATE_SHAPE, description: 'Só dias antes deste, sem ele' })),
  limit: Type.Optional(pageLimit(200, 'De 1 a 200; 50 se ausente')),
});

export const InclusionProofView = Type.Object({
  tenantId: Type.String(),
  day: Type.String(),
  isFinal: Type.Boolean({ description: 'Falso enquanto o dia não terminou: a raiz é a da árvore até agora' }),
  seq: Type.Integer(),
  line: Type.String({ description: 'O registro na forma que é resumida' }),
  leafHash: Hex,
  leafIndex: Type.Integer(),
  treeSize: Type.Integer(),
  path: Type.Array(Hex),
  root: Hex,
});

/** A page of day roots, from the newest; `next` is the `before` of the page that follows. @throws PLATFORM_BAD_REQUEST */
export async function readDayPage(tx: Tx, chain: ProvenChain['name'], tenantId: string, query: { before?: string; limit?: string }) {
  const limit = Number(query.limit ?? '50');
  if (query.before) readDate(query.before, '/querystring/before');
  const days = await readDays(tx, chain, tenantId, query.before ?? null, limit);
  const anchors = Map.groupBy(
    await readAnchors(
      tx,
      chain,
      tenantId,
      days.map(({ day }) => day),
    ),
    ({ day }) => day,
  );
  return {
    days: days.map((day) => ({
      ...day,
      digest: dayDigest(day).toString('hex'),
      anchors: (anchors.get(day.day) ?? []).map(({ driver, anchoredAt, evidence }) => ({
        driver,
        anchoredAt,
        evidence: evidenceText(driver, evidence),
      })),
    })),
    next: days.length === limit ? days.at(-1)!.day : null,
  };
}

/** Evidence as exports and answers carry it. */
export function evidenceText(driver: 'rfc3161' | 'folder', evidence: Buffer): string {
  return driver === 'rfc3161' ? evidence.toString('base64') : evidence.toString('utf8');
}
