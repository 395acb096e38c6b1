import { Type } from 'typebox';
import type { Face } from '#platform/face/contract.ts';
import { type App, contextOf } from '#platform/http/app.ts';
import { UUID_PATTERN } from '#platform/id.ts';
import { Decision, type RiskContract } from './contract.ts';

export function riskRoutes(app: App, face: Face<RiskContract>): void {
  app.get(
    '/v1/risk/decisions/:id',
    {
      config: { auth: { scopes: ['risk:read'] } },
      schema: {
        tags: ['risk'],
        summary: 'Uma decisão de risco com tudo em que se apoiou',
        params: Type.Object({ id: Type.String({ pattern: UUID_PATTERN }) }),
        response: { 200: Decision },
      },
    },
    (request) => face.getDecision(contextOf(request), { decisionId: request.params.id }),
  );
}
